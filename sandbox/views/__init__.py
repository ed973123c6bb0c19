"""One module for each resource of the API, one function for each method and path."""
