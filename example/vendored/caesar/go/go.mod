module example.org/caesar

go 1.21

require example.org/rotate v1.2.0
