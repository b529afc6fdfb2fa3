module example.org/rounding

go 1.21
