"""What is sent, read as Rails reads it: nested names, casts, and the words in which it refuses."""
