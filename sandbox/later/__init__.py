"""What happens after a call was answered, each thing at its own moment of the sandbox's time."""
