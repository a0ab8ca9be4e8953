"""The only way to the network: requests to public addresses, with a deadline."""
