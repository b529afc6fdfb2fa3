module example.org/checks

go 1.21
