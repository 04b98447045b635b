"""What the exchange keeps."""
