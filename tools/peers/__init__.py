"""A stand-alone program that plays the city portal and the power platform, with faults on demand."""
