# How everything stands, and the node.

status-no-programme = { $me } takes part in no programme yet.
status-no-programme-next = accord found NAME --with CARD, or accord join TICKET
status-organisations = Organisations
status-documents = Documents: { $count }
status-node-running = Node: running (process { $pid })
status-node-listening = Node: running (process { $pid }), listening on { $addresses }
status-node-none = Node: not running; documents can be read and written here, and others get it later
status-engine = Store: { $engine }
you-secretariat = You are { $me }, one of the two secretariats.
you-member = You are { $me }, a member.
you-observer = You are { $me }, an observer.
you-ended = You are { $me }. Your organisation takes part no more since decision { $number }. What you have stays readable; what you write stays here.
you-waiting = You are { $me }. Your admission waits for both secretariats to sign.
not-founded = Not founded yet: waiting for { $missing } to sign.
in-conflict = In conflict
conflict-places =
    { $count ->
        [one] { $name }: { $count } place
       *[other] { $name }: { $count } places
    }
never-met = never met
in-step = in step
connected = connected
connected-through = connected through { $relay }
last-seen = last seen { $when }
not-yet-there =
    { $count ->
        [one] { $count } change
       *[other] { $count } changes
    } not yet there
not-yet-here =
    { $count ->
        [one] { $count } change
       *[other] { $count } changes
    } not yet here
kept-apart = Kept apart: these change nothing
kept-apart-change = change { $seq } by { $author }: { $reason }
kept-apart-change-of = change { $seq } to { $name } by { $author }: { $reason }
waiting-heading = Waiting for something that is not here yet
waiting-for =
    { $count ->
        [one] { $count } change
       *[other] { $count } changes
    } for { $what }
forks-heading = Two histories from one device: its folder was copied or put back, or its key is in other hands
fork = { $author }, from its entry { $seq } on, with proof
kind-secretariat = secretariat
kind-member = member
kind-observer = observer
not-reached = { $organisation }: not reached: { $why }
moved =
    { $sent ->
        [one] { $sent } entry sent
       *[other] { $sent } entries sent
    } and { $received } received.
sync-alone = There is nobody else in the programme yet.
sync-nobody = Nobody was reached. Your changes are kept here and travel later.
sync-all = In step with { $reached }: { $moved }
sync-some = In step with { $reached }: { $moved } The others get it later.
sync-next = leave the node running (accord node): it goes on trying. accord status tells.
node-stopped = The node has stopped. Documents can still be read and written here; others get it later.
node-nowhere = No address to listen at is set: the node listens nowhere and only connects to others.
node-nowhere-next = So that others reach it: accord node --listen /ip4/0.0.0.0/tcp/4701
doctor-good = good
doctor-note = note
doctor-bad = BAD

# Devices, keys and backups.

device-made = { $name } has a key and a home in { $home }, and asks to be a device of { $organisation } ({ $code }).
device-sees-nothing = It sees nothing before your organisation has certified it.
device-made-next = on the machine with the root key: accord device add LINE. It prints a ticket; here: accord join TICKET.
device-already = { $name } is a device of your organisation already.
device-added = { $name } is a device of your organisation from now on: what it writes is written in your name.
device-heard = The others hear of it when your nodes meet. Nobody has to sign it.
device-ticket = The ticket leads to { $addresses }, where your node must be running.
device-ticket-next = on the new machine: accord join TICKET
device-no-ticket = it needs a ticket: run your node (accord node --listen ADDRESS), then accord invite.
this-device = this device
device-revoked = revoked { $when }
device-revoked-why = revoked { $when }: { $why }
device-signs = signs decisions
revoked = { $name } is no device of your organisation any more, for good.
revoked-nothing = Nothing that it wrote counts.
revoked-kept =
    What it wrote and is here stays ({ $count ->
        [one] { $count } entry
       *[other] { $count } entries
    }); whatever else comes from it is kept apart everywhere.
revoked-cannot = The documents that are on the lost machine cannot be called back: whoever has it can read what was there.
revoked-alone = Nobody else takes part yet.
revoked-told =
    { $count ->
        [one] { $told } hears of it now.
       *[other] { $told } hear of it now.
    }
revoked-later =
    { $count ->
        [one] { $later } hears of it when your nodes meet; run accord sync soon.
       *[other] { $later } hear of it when your nodes meet; run accord sync soon.
    }
revoked-both =
    { $count ->
        [one] { $told } hears of it now, { $later } when your nodes meet.
       *[other] { $told } hear of it now, { $later } when your nodes meet.
    }
revoked-signs = It signed your organisation's votes. Votes it signs count until a new constitution names another signing device: agree on that with the other secretariat soon.
sealed = Sealed: { $keys }.
sealed-warning = Whoever copies the file needs the passphrase too. Nobody can reset it: without it the key is lost.
sealed-next = the node asks for it when it starts; a service reads it from ACCORD_PASSPHRASE_FILE.
sealed-root-next = commands that take --root-key ask for it.
unsealed = No longer sealed: { $keys }. Whoever can read the file can use the key.
root-copied = A copy of the root key is in { $file }. Keep it where only your organisation comes to it.
root-moved = The root key is in { $file } now, and no longer in this home.
root-new = The new root key is in { $file }. Keep it as you kept the old one.
root-new-means = Until this is in force the old one signs; from then on it is worth nothing, and commands that take the root key take the new one: --root-key FILE.
root-moved-means = Day-to-day work goes on without it. Founding, countersigning, devices and root keys need it: --root-key FILE.
root-next = seal it by a passphrase: accord key seal --root-key { $file }
compact-packing = packed { $done } of { $total } entries
compact-copying = copying what is alive
compacted-less = The store took { $before } on the disk and takes { $after } now: { $back } were given back.
compacted-same = The store took { $before } on the disk and takes { $after } now: there was nothing to give back.
compacted-packed = In packs from now on, and read as before: { $entries }.
compacted-moved = It was written by { $from }, and is written by { $engine } from now on.
size-kilobytes = { $size } kB
size-megabytes = { $size } MB
backed-up = { $entries } are in { $file }.
backed-up-cut = { $logs ->
    [one] One log ends early in it
   *[other] { $logs } logs end early in it
    }, before an entry that is lost on this disk. Once it is back, make another one.
bundle-made-cut = { $logs ->
    [one] One log ends early in it
   *[other] { $logs } logs end early in it
    }, before an entry that is lost on this disk.
backed-up-keys = No key is in it; who has the file can read the documents. Keep the root key elsewhere: accord key export FILE.
backed-up-next = to make a home from it, on any machine: accord restore FILE --name NAME
restored = { $entries } are back in { $home }, as of { $when }.
restored-device = { $name } is a new device of { $code }: it never goes on as the one that made the backup.
restored-certified = It is certified. If the old device is lost, end it: accord device revoke NAME --why TEXT
restored-certified-next = ask any partner for a ticket (accord invite), then accord join TICKET: what came since comes back.
restored-next = where the root key is: accord device add LINE. It prints a ticket; here: accord join TICKET.
waits-for-you = Waiting for you
kept-apart-more =
    and { $count ->
        [one] { $count } change
       *[other] { $count } changes
    } more
kept-counted = Counted all the same: others built on these before they could know
knowing-heading = Built on what counts no more, by who knew it
knowing-line = { $author }: { $changes } to { $name }, built on what { $on } wrote
versions = Versions
no-version = { $name }: no version yet

# The desk: what a person sees who gives no command.

takes-no-part = { $me } takes part in no programme yet
desk-you = { $programme } (you are { $code })
desk-signature = Waits for your signature
desk-lacking = Not everywhere yet
desk-waiting = Waits for something that is not here yet
desk-look = To be looked at
desk-documents =
    { $count ->
        [one] { $count } document is
       *[other] { $count } documents are
    } here
desk-more = and { $count } more
desk-unsigned-you = Not founded yet: it waits for you to sign
desk-unsigned = Not founded yet: it waits for { $who } to sign
desk-unsigned-do = accord invite, and hand over the ticket
desk-ended = Your organisation takes part no more
desk-admission = Your admission waits for both secretariats to sign
desk-since = Changed since you looked, { $when }
desk-decided = Decided since you looked
desk-settled = { $number }  { $sentence }: { $status }
desk-new = { $name }: new, by { $by }
desk-changed = { $name }: { $changes } by { $by }
desk-apart = { $changes } by { $author }: { $reason }
desk-apart-of = { $changes } to { $name } by { $author }: { $reason }
desk-fork = { $author } has two histories, from its entry { $seq } on
desk-calm-alone = Nothing waits for you.
desk-calm-one = Nothing waits for you, and { $who } has everything that is here.
desk-calm = Nothing waits for you, and { $who } have everything that is here.
desk-disagreed = { $name }: the secretariats signed or refused differently

doctor-home-good = { $path } is its owner's alone
doctor-device-sealed = the device key is sealed by a passphrase
doctor-device-unsealed = the device key is its owner's alone, and not sealed
doctor-root-elsewhere = the root key is not in this home
doctor-root-sealed = the root key is in this home, sealed by a passphrase
doctor-root-open = the root key is in this home: whoever takes this machine can add and revoke devices in your name
doctor-root-open-mend = accord key move-root FILE moves it to a stick; accord key seal seals it by a passphrase
doctor-root-old = the root key in this home was replaced, and signs nothing any more
doctor-root-old-mend = remove root.key from the home; the key of now is used with --root-key FILE
doctor-put-back = put it back from a backup
doctor-disk-unseen = how much room there is cannot be seen: { $why }
doctor-disk-unseen-mend = look at the disk
doctor-disk-free = { $megabytes } MB are free
doctor-disk-bad = { $megabytes } MB are free: soon nothing can be saved any more
doctor-disk-bad-mend = make room; nothing that was saved is lost
doctor-disk-small-mend = make room soon
doctor-store-good = it can be read and written, by { $engine }
doctor-revoked = this device ({ $name }) was revoked by your organisation ({ $why }): what it writes counts nowhere any more
doctor-revoked-mend = if that is a mistake: accord device init in a new folder, then accord device add where the root key is
doctor-no-part = your organisation does not take part yet
doctor-uncertified = this device is not certified yet: it sees nothing, and what it writes counts nowhere
doctor-uncertified-mend = on the machine with the root key: accord device add LINE; then here: accord join TICKET
doctor-certified = this device ({ $name }) is certified
own-fork = This device's folder is in use twice: two copies of it wrote in the space { $space }, from entry { $seq } on. That happens when a folder is copied, or a machine is set back to an earlier day. Nothing is lost, and both histories are kept; this copy writes nothing there any more
own-fork-mend = go on with one of the two copies only, as a new device: accord backup FILE there, then accord restore FILE in a new folder; put the other copy away
doctor-own-log-good = all that this device ever signed is here
home-behind = This home is older than what this device has written ({ $held } of { $signed } entries are here), as after a backup was put back. Nothing is lost: the others have the rest. It writes nothing until it has it back
home-behind-mend = accord sync --wait 60 takes it back from the others; if nobody has it: accord backup FILE, then accord restore FILE in a new folder, which makes a new device
home-returned =
    { $count ->
        [one] This home was older than what this device had written, as after a copy of its folder was put back. 1 entry of it has come back from the others, and it writes on after them.
       *[other] This home was older than what this device had written, as after a copy of its folder was put back. { $count } entries of it have come back from the others, and it writes on after them.
    } Nothing is to be done; where something is to be put back, use accord backup FILE and accord restore FILE.
doctor-forks-good = no other device has two histories
doctor-fork = { $who }, from entry { $seq } in { $space }
doctor-forks = two histories of one device are known, with proof: { $list }. Its folder was copied or put back, or its key is in other hands; what nobody built on waits
doctor-forks-mend = ask them which of the two goes on; if the key was stolen, they revoke the device: accord device revoke
doctor-votes-good = no secretariat has voted twice in one place
doctor-votes = { $codes } voted twice on one thing, with proof: neither vote counts alone
doctor-votes-own = your organisation voted twice on one thing, with its own key, as happens when the folder of the device that signs is copied. The others have proof of both votes, and neither counts alone
doctor-votes-own-mend = tell the other secretariat which one you mean; go on with one copy of the folder only; vote again: accord decisions --all
doctor-votes-mend = ask them what happened, and whether their key was copied; vote again: accord decisions
doctor-quarantine-good = nothing is kept apart
doctor-quarantine =
    { $count ->
        [one] 1 change is kept apart, and changes nothing
       *[other] { $count } changes are kept apart, and change nothing
    }
doctor-quarantine-mend = accord status says which, and why
notice-revoked = This device was revoked by your organisation ({ $why }): what it writes counts nowhere any more.
notice-rule = Changes are judged by rule { $rule } since a decision, which this version of accord does not know. No document is shown or changed here until it is upgraded; nothing is lost: what the others write is kept and passed on.
notice-to-do = { $what }. What to do: { $mend }.
notice-twice = { $code } has voted twice on one thing: ask it what happened, and whether its key was copied.
notice-twice-own = Your organisation has voted twice on one thing, with its own key. That happens when the folder of the device that signs is copied, or a machine is set back to an earlier day. The others see both votes. What to do: tell the other secretariat which one you mean; go on with one copy only, as accord doctor says; vote again: accord decisions --all.
waits-founding = both signatures under the founding
waits-decisions = the decisions it was written under
waits-change = a change it was made on
waits-branch = word on which of two histories of its author stands
doctor-about-home = home
doctor-about-keys = keys
doctor-about-disk = disk
doctor-about-store = store
doctor-about-entries = entries
doctor-about-ports = addresses
doctor-about-reachability = reachability
doctor-about-clock = clock
doctor-about-rule = guard rule
doctor-about-partners = others
doctor-about-node = node
doctor-about-devices = devices
doctor-about-own-log = own log
doctor-about-forks = forks
doctor-about-votes = votes
doctor-about-quarantine = quarantine
author-unknown = unknown
first-device = first device
kind-unknown = unknown kind

# Devices that have no part any more.

device-ended = your organisation has ended this device: { $why }
    .hint = what is here stays readable; a device that is used again gets a new key: accord device init in a new folder
device-surplus = your organisation has certified more than { $most } devices, and this one is not taken any more
    .hint = what is here stays readable; work on from another device of your organisation
devices-all = your organisation has certified { $most } devices over the years, and no more are taken
    .hint = use one of those it has: accord device list
