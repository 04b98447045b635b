"""What the public sees is pushed to systems that follow us, until each has acknowledged it; both sides are compared."""
