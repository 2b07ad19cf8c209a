package sandbox

import "testing"

func TestEverybodyGetsALab(t *testing.T) {
	for _, w := range everyone() {
		t.Run(w.name, func(t *testing.T) {
			out, err := w.inside(t, `id -u; cat /proc/self/uid_map; ls /; ls -la /dev /etc | head -30; ip link; mount | head -40; ls /proc | grep -c '^[0-9]'; cat /etc/resolv.conf; touch /etc/x; echo hi >> /etc/hosts && echo ok; mkdir -p /etc/netns/a; ip netns add x && ip netns exec x ip link && ls /sys/class/net`)
			t.Log(out, err)
		})
	}
}
