"""What becomes of embedded checks: the rate of 逢报必查, the due days of their feedback, and what their subjects learn."""
