module example.org/nearby

go 1.21
