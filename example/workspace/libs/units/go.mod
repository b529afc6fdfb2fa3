module example.org/units

go 1.21

require example.org/rounding v1.0.0
