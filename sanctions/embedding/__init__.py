"""The check page inside an approval system that cannot call the API: handed over once, framed by its origin alone."""
