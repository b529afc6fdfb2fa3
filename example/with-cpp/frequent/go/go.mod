module example.org/frequent

go 1.21
