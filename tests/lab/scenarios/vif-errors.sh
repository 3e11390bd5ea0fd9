# SPDX-License-Identifier: ISC
# What an xl user reads when a NIC can't be plugged.
. /lab/lib.sh
network=/etc/xen/scripts/network-vlanbridge

cp /lab/examples/vlanbridge.conf.example /etc/xen/vlanbridge.conf
$network start || exit 1

output=$(guest_create web bridge=xenbrlam 2>&1)
status=$?
not_ok 'a bridge that is not there: xl create fails' test $status = 0
like 'it says so, and which bridges there are' "$output" "xenbrlam.*(xenbrlan.*xenbrdmz|xenbrdmz.*xenbrlan)"
is 'in one sentence' "$(grep -c 'libxl: error: .*xenbrlam' <<<"$output")" 1
is 'no vif is left behind' "$(ip -br link | grep -c '^vif')" 0

ok 'with the right name it starts' guest_create web bridge=xenbrlan
vif=vif$(xl domid web).0
link=$(ip -d link show "$vif")
like 'the vif is in the bridge, up' "$link" ',UP.* master xenbrlan '
like 'with the dummy MAC address' "$link" 'fe:ff:ff:ff:ff:ff'
is 'and without any address' "$(ip -br addr show "$vif" | awk '{ print NF }')" 2
is 'the backend says connected' \
	"$(xenstore-read "/local/domain/0/backend/vif/$(xl domid web)/0/hotplug-status")" connected
ok 'it goes' guest_destroy web
ok 'offline for a vif that is gone is fine' env XENBUS_PATH=backend/vif/99/0 XENBUS_TYPE=vif vif=vif99.0 \
	/etc/xen/scripts/vif-vlanbridge offline type_if=vif
not_ok 'and makes no node in xenstore' xenstore-exists /local/domain/0/backend/vif/99
ok 'stop' $network stop
done_testing
