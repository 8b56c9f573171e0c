# The health of a node: what was checked, what was damaged, and what mends it.

verify-progress = checked { $done } of { $total } entries
verify-decisions = decisions
verify-checked =
    Checked { $entries ->
        [one] { $entries } entry
       *[other] { $entries } entries
    } in { $logs ->
        [one] { $logs } log
       *[other] { $logs } logs
    } with { $signatures ->
        [one] { $signatures } signature
       *[other] { $signatures } signatures
    }, and what is kept of { $documents ->
        [one] { $documents } document
       *[other] { $documents } documents
    }.
verify-compared =
    Compared with them: { $snapshots ->
        [one] { $snapshots } document
       *[other] { $snapshots } documents
    } kept ready to read, { $lines ->
        [one] { $lines } line
       *[other] { $lines } lines
    } of the list, { $marks ->
        [one] { $marks } mark
       *[other] { $marks } marks
    } on what waits, and what the decisions amount to.
verify-log =
    { $author } ({ $device }), { $space }: { $count ->
        [one] { $count } entry
       *[other] { $count } entries
    }
verify-branch = history { $number } of it
verify-whole = whole
verify-not-whole = NOT whole
verify-lost =
    { $count ->
        [one] 1 entry is damaged or gone here, from entry { $from } on; it is not back yet
       *[other] { $count } entries are damaged or gone here, from entry { $from } on; they are not back yet
    }
verify-lost-part =
    { $count ->
        [one] 1 entry was damaged or gone here, from entry { $from } on
       *[other] { $count } entries were damaged or gone here, from entry { $from } on
    }; { $back } came back from others
verify-lost-back =
    { $count ->
        [one] 1 entry was damaged or gone here, entry { $from }; it came back from others
       *[other] { $count } entries were damaged or gone here, from entry { $from } on; they came back from others
    }
verify-wrong =
    { $count ->
        [one] 1 entry is not the one that belongs there, entry { $from }; the right one is not back yet
       *[other] { $count } entries are not those that belong there, from entry { $from } on; the right ones are not back yet
    }
verify-unsigned = no signature holds from entry { $from } on, so it cannot be passed on from here
verify-head = its end was not noted as it is
verify-log-marks =
    { $count ->
        [one] 1 entry was marked wrongly
       *[other] { $count } entries were marked wrongly
    }
verify-proof = the proof of its two histories was damaged
verify-mended = { $words }: mended
verify-document = { $name }: { $what }
verify-document-damaged = the list of its entries was damaged
verify-document-missing = the list of its entries was missing
verify-document-places = the list of its entries was not what the logs say
verify-document-actors = how far its authors have come was not what the logs say
verify-document-kind = its kind was not what the logs say
verify-document-stray = something was kept of a document that does not exist
verify-document-snapshot = what was kept ready to read was damaged, or not what its entries give
verify-document-line = its line in the list was damaged, or not what its entries give
verify-marks =
    { $count ->
        [one] 1 mark on an entry that waits was wrong
       *[other] { $count } marks on entries that wait were wrong
    }
verify-disagree = what the decisions amount to was not what this node went by
verify-mended-count =
    { $count ->
        [one] 1 stored value was mended.
       *[other] { $count } stored values were mended.
    }
verify-left-count =
    { $count ->
        [one] 1 stored value is wrong, and left as it is.
       *[other] { $count } stored values are wrong, and left as they are.
    }
verify-left-next = accord verify mends them from the entries
verify-lost-count =
    { $count ->
        [one] 1 entry is lost here. Everything else goes on, and any organisation that has it gives it back.
       *[other] { $count } entries are lost here. Everything else goes on, and any organisation that has them gives them back.
    }
verify-lost-next = run the node (accord node) and meet the others; then accord verify. A disk that loses data should be replaced.
verify-good = All of it is as it should be.
lost-entries =
    { $count ->
        [one] 1 entry of { $author } in { $space } is damaged on this disk, entry { $from }.
       *[other] { $count } entries of { $author } in { $space } are damaged on this disk, from entry { $from } on.
    } Everything else goes on, and any organisation that has { $count ->
        [one] it gives it
       *[other] them gives them
    } back.
lost-do = What to do: run the node and meet the others; look at the health of the disk.
lost-more =
    { $count ->
        [one] 1 more entry is damaged; accord verify lists all.
       *[other] { $count } more entries are damaged; accord verify lists all.
    }

# What the doctor looks at around the store.

health-lost-none = no entry is known to be damaged; accord verify looks at all of them
health-lost-mend = run the node and meet the others: what they have comes back; accord verify tells. Look at the health of the disk
health-caches =
    { $count ->
        [one] what is kept of 1 document beside its entries is damaged: it is not listed
       *[other] what is kept of { $count } documents beside their entries is damaged: they are not listed
    }
health-caches-mend = accord verify
health-writes-stopped = From now on nothing can be written here, and reading goes on: { $why }.
health-writes-mend = make room, or make the disk writable again, then restart the node (accord node stop, accord node); nothing that was saved is lost
health-writes-do = What to do: make room, or make the disk writable again, then restart the node (accord node stop, accord node); nothing that was saved is lost
health-clock-good = this machine says it is { $today }, and nothing that came from others says otherwise
health-clock-behind = this machine says it is { $today }, and { $who } wrote something that is dated { $dated }: one of the two clocks is wrong. Nothing counts by clocks; but what you write is dated by yours, and tickets end by it
health-clock-ahead = this machine says it is { $today }, and what came from { $who } as it was written is dated { $dated }: one of the two clocks is wrong. Nothing counts by clocks; but what you write is dated by yours, and tickets end by it
doctor-rule-unknown = changes are judged by rule { $rule } since a decision, which this version of accord does not know: no document is shown or changed here
doctor-rule-mend = upgrade accord; what is written meanwhile is kept and passed on
health-clock-mend = look at the date of this machine (date; timedatectl), and ask the other to look at theirs
health-listens = the node listens at { $addresses }
health-listens-nowhere = the node listens nowhere: it calls others, and nobody can call it
health-no-address = no address to listen at is set: a node that is started so calls others, and nobody can call it
health-listen-mend = accord node --listen /ip4/0.0.0.0/tcp/4701, or listen: in config.yaml
health-address-unreadable = { $address } is no address to listen at: the node cannot start
health-address-mend = write it as /ip4/0.0.0.0/tcp/4701 in config.yaml
health-port-untried = { $address } is tried when the node starts
health-port-free = { $address } is free
health-port-taken = { $address } is in use by { $who }: the node cannot start
health-port-somebody = another program
health-port-program = { $name } (process { $pid })
health-port-refused = { $address } cannot be listened at: { $why }
health-port-mend = end that program, or name another port in config.yaml
health-reached-at = others can try to call this node at { $address }
health-reached-nowhere = no address is known at which others could call this node: it has to call them
health-reached-mend = listen at an address of this machine that others reach, or name the one of your router with announce: in config.yaml
health-partner-connected = { $who } is connected
health-partner-seen =
    { $days ->
        [0] { $who } was last met today
        [one] { $who } was last met yesterday
       *[other] { $who } was last met { $days } days ago
    }
health-partner-long = { $who } was last met { $days } days ago, and lacks what was written since
health-partner-never = { $who } was never met: it has nothing of what was written here
health-partner-mend = accord sync --wait 60, or a file by hand: accord bundle create --for CODE
health-node-none = the node is not running: what is written here reaches nobody before it runs
health-node-mend = accord node; docs/running.md tells how the system starts it by itself
doctor-report-written = The report is in { $file }. It holds no key, no ticket and nothing of any document; read it before you hand it on.
doctor-report-exists = there is a file { $file } already
    .hint = name another one: a report never replaces a file
doctor-report-not-written = the report cannot be written to { $file }: { $why }
