"""What is ordered: check it, take its price, write the rows, and let the engine go on."""
