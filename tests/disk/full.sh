# A disk that is full, and one that is read-only, for real. Run in a mount namespace of its own by tests/disk.rs, which
# reads what it leaves in $OUT. $STORE is the engine of CA's store. CA's home is on a small disk of its own; CMI's is not.
set -u

mkdir -p "$ROOT/ca" "$ROOT/cmi"
mount -t tmpfs -o size=64m none "$ROOT/ca" || exit 77

ca() { "$ACCORD" --home "$ROOT/ca/home" "$@"; }
cmi() { "$ACCORD" --home "$ROOT/cmi/home" "$@"; }
# What has to go well.
must() { "$@" >>"$OUT/log" 2>&1 || { echo "failed: $*" >>"$OUT/log"; exit 1; }; }
# What the test looks at.
note() { name=$1; shift; "$@" >"$OUT/$name.out" 2>"$OUT/$name.err"; echo $? >"$OUT/$name.exit"; }
# Not through the functions: what is killed at the end is the node, and no shell around it.
start_ca() { "$ACCORD" --home "$ROOT/ca/home" node --listen "$CA" >>"$OUT/ca.node" 2>&1 & CA_NODE=$!; }
start_cmi() { "$ACCORD" --home "$ROOT/cmi/home" node --listen "$CMI" >>"$OUT/cmi.node" 2>&1 & CMI_NODE=$!; }
trap 'kill $CA_NODE $CMI_NODE 2>/dev/null; wait' EXIT
BUDGET=activities.TN-A03.budget.2013.EUR

must ca init --org "Cities Alliance" --code CA --store "$STORE"
must cmi init --org "Centre for Mediterranean Integration" --code CMI
must ca found "MENA Joint Work Programme" --with "$(cmi card | head -1)"
start_ca
ticket=$(ca invite | head -1)
must cmi join "$ticket" --yes
start_cmi
must ca new framework Tunisia --from examples/tunisia.yaml
must ca sync --wait 60

# Full while somebody edits: until one edit is refused, each that is acknowledged counts.
dd if=/dev/zero of="$ROOT/ca/ballast" bs=64k 2>/dev/null
edits=0
while [ $edits -lt 500 ]; do
    note edit ca set Tunisia $BUDGET $((1000 + edits))
    [ "$(cat "$OUT/edit.exit")" = 0 ] || break
    edits=$((edits + 1))
done
echo $edits >"$OUT/acknowledged"

# Reading goes on, and the node says what is wrong.
note list ca list
note show ca show Tunisia
note get ca get Tunisia $BUDGET
note history ca log Tunisia
note status ca status
note doctor ca doctor

# The other goes on, with all that was acknowledged, while this one takes nothing in.
note other_sync cmi sync --wait 10
note other_get cmi get Tunisia $BUDGET
must cmi set Tunisia activities.TN-A05.status agreed
note ingest cmi sync --wait 5

# Room again: after a restart everything goes on.
rm "$ROOT/ca/ballast"
must ca node stop
wait $CA_NODE
start_ca
note after_get ca get Tunisia $BUDGET
must ca sync --wait 60
note after_other ca get Tunisia activities.TN-A05.status
must ca set Tunisia $BUDGET 777000
must ca sync --wait 60
note after_there cmi get Tunisia $BUDGET
note verify ca verify

# A disk that is read-only from the beginning.
must ca node stop
wait $CA_NODE
must mount -o remount,ro "$ROOT/ca"
note readonly ca get Tunisia $BUDGET
must mount -o remount,rw "$ROOT/ca"
note writable ca get Tunisia $BUDGET

# Who compacts finds no room, and all is as it was. A store whose first sector went bad is not touched before there is room.
dd if=/dev/zero of="$ROOT/ca/ballast" bs=64k 2>/dev/null
note full_compact ca compact
rm "$ROOT/ca/ballast"
note compact_get ca get Tunisia $BUDGET
case $STORE in redb) file=store.redb ;; *) file=db ;; esac
must dd if=/dev/zero of="$ROOT/ca/home/store/$file" bs=512 count=1 conv=notrunc
dd if=/dev/zero of="$ROOT/ca/ballast" bs=64k 2>/dev/null
note full_damaged ca get Tunisia $BUDGET
note full_rebuild ca rebuild
rm "$ROOT/ca/ballast"
note rebuild ca rebuild
start_ca
must ca sync --wait 60
note rebuild_get ca get Tunisia $BUDGET
must ca node stop
wait $CA_NODE
note compact ca compact
note rebuild_verify ca verify
