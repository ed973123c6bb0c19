"""What is there before anybody orders: the base tunes and the packs, and packs made like them."""
