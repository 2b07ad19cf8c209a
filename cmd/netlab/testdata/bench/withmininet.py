"""The networks of the benchmarks in Mininet, with Linux bridges and without a
controller: withmininet.py PLAN PINGS, where PLAN is the benchmark's plan as JSON
and PINGS is true or false."""
import json
import sys

from mininet.link import Link
from mininet.log import setLogLevel
from mininet.net import Mininet
from mininet.nodelib import LinuxBridge

setLogLevel("error")
plan, pings = json.loads(sys.argv[1]), sys.argv[2] == "true"
net = Mininet(switch=LinuxBridge, controller=None, link=Link)
nodes = [net.addSwitch("s1") if n["Switch"] else net.addHost(n["Name"], ip=None) for n in plan["Nodes"]]
for cable in plan["Cables"]:
    near, far = cable["Near"], cable["Far"]
    ends = {}
    for i, end in (1, near), (2, far):
        if end["Addr"]:
            ends["intfName%d" % i] = "%s-%s" % (nodes[end["Node"]].name, end["Dev"])
            ends["params%d" % i] = {"ip": end["Addr"]}
    net.addLink(nodes[near["Node"]], nodes[far["Node"]], **ends)
net.start()
for node, n in zip(nodes, plan["Nodes"]):
    if n["Router"]:
        node.cmd("sysctl -qw net.ipv4.ip_forward=1")
    for route in n["Routes"] or ():
        node.cmd("ip route add %s via %s" % (route["To"], route["Via"]))
lost = []
for a in plan["Among"] if pings else ():
    for b in plan["Among"]:
        if a is not b and " 0% packet loss" not in nodes[a["Node"]].cmd("ping -c1 -W2 " + b["Addr"]):
            lost.append((a["Node"], b["Addr"]))
net.stop()
if lost:
    sys.exit("lost: %s" % lost)
