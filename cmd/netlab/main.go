// Command netlab teaches Linux and Kubernetes networking on the real thing.
package main

func main() {}
