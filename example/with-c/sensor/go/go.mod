module example.org/sensor

go 1.21
