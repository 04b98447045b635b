"""The catalogue as an Excel workbook that round-trips."""
