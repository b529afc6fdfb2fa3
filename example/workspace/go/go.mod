module example.org/convert

go 1.21
