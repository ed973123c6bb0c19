"""Drawing portraits: a person cut out of a photo, a backdrop from the words of a prompt, light and film."""
