# No first line, and every word as short as it goes.
ip net a a
ip net a b
ip l a v0 type veth peer v1 netns a
ip l s v0 netns b
ip -n a l s v1 up
ip -n b l s v0 up
ip -n a a a 10.7.0.1/24 dev v1
ip -n b a a 10.7.0.2/24 dev v0
ip -n a r a 10.8.0.0/16 via 10.7.0.2
ip -br -n a a s v1 | tr -s ' '
ip -n b ne s
ip net e a ip r g 10.8.1.1
