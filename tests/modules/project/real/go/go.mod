module example.org/real

go 1.24

require (
	github.com/DataDog/zstd v1.5.6
	github.com/klauspost/compress v1.17.11
	github.com/mattn/go-sqlite3 v1.14.24
	github.com/yuin/goldmark v1.7.8
	google.golang.org/protobuf v1.36.1
	gopkg.in/yaml.v3 v3.0.1
)
