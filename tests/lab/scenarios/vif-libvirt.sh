# SPDX-License-Identifier: ISC
# check: long
# lab: libvirt
# A domain's XML with our script: as libvirt converts it for xl, and started by libvirt's own driver.
. /lab/lib.sh
. /lab/vif.sh
network=/etc/xen/scripts/network-vlanbridge

libvirtd -d
for vlan in 10 20 30; do far_vlan eth5 $vlan 10.0.$vlan.1/24; done
far_vlan eth4 3 10.0.3.1/24
cat >/etc/xen/vlanbridge.conf <<'END'
bridges = [
    'name=br0, uplink=eth1, tagged=10/20/30',
    'name=br3, uplink=eth0, vlan=3, mtu=1400',
]
END
ok 'the network starts' $network start
links=$(ip -br link)

# xml BRIDGE: a guest with a NIC there and one in br3, which has a name.
xml() {
	cat <<-END
		<domain type='xen'>
		  <name>web</name>
		  <memory unit='MiB'>160</memory>
		  <vcpu>1</vcpu>
		  <os>
		    <type arch='x86_64' machine='xenpv'>linux</type>
		    <kernel>/lab/vmlinux</kernel>
		    <initrd>/lab/guest.cpio</initrd>
		    <cmdline>console=hvc0 quiet loglevel=1 mitigations=off rodata=off cryptomgr.notests net.ifnames=0</cmdline>
		  </os>
		  <devices>
		    <interface type='bridge'>
		      <mac address='00:16:3e:00:00:01'/>
		      <source bridge='$1'/>
		      <script path='vif-vlanbridge'/>
		    </interface>
		    <interface type='bridge'>
		      <mac address='00:16:3e:00:00:02'/>
		      <source bridge='br3'/>
		      <script path='vif-vlanbridge'/>
		      <target dev='web3'/>
		    </interface>
		    <console type='pty'><target type='xen' port='0'/></console>
		  </devices>
		</domain>
	END
}

# in_its_place: where the guest's NICs are, and what they reach.
in_its_place() {
	is '  in its VLANs' "$(vlans_of "vif$(xl domid web).0")" '10 PVID Egress Untagged 20'
	like '  under its name' "$(ip -o link show web3)" ' mtu 1400 .* master br3 '
	hybrid web
	guest_net web eth1 10.0.3.11/24
	ok '  in VLAN 3, by a bridge of its own' guest web ping -c1 -W2 10.0.3.1
}

export VIRSH_DEFAULT_CONNECT_URI=xen:///system
ok 'libvirtd is there' wait_until 30 virsh version
xml br0.10:20 >/run/lab/web.xml
ok 'libvirt converts the XML for xl' virsh domxml-to-native xen-xl /run/lab/web.xml
virsh domxml-to-native xen-xl /run/lab/web.xml >/run/lab/web.cfg
like '  our script and the VLANs are in it' "$(cat /run/lab/web.cfg)" 'bridge=br0\.10:20,.*script=vif-vlanbridge'
ok 'the guest starts with that' guest_by web xl create -q /run/lab/web.cfg
guest_ready web
in_its_place
ok 'it goes' guest_destroy web
is 'nothing of it is left' "$(ip -br link)" "$links"

ok 'libvirt starts it itself' guest_by web virsh -q create /run/lab/web.xml
guest_ready web
in_its_place
ok 'it goes' virsh -q destroy web
is 'nothing of it is left' "$(ip -br link)" "$links"

xml br7 >/run/lab/lost.xml
not_ok 'without its bridge it does not start' virsh -q create /run/lab/lost.xml
like '  and libvirt says what failed' "$(cat /var/log/libvirt/libxl/*)" "vif[0-9]+\\.0: online failed: vif-vlanbridge's message in the syslog says why"
like '  the syslog has the sentence' "$(cat /var/log/messages)" "vif[0-9]+\\.0: bridge 'br7' doesn't exist; this host has br0, br3"
is 'nothing of it is left' "$(ip -br link)" "$links"
ok 'stop' $network stop
done_testing
