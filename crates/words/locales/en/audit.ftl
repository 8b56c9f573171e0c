# Audits: who did what, and files that prove it.

audit-compare-id = compare the programme's id: accord status --json shows it
audit-name-one = name one document: accord audit DOCUMENT --export FILE
audit-newer = was it written with accord audit --export, by a newer version?
audit-ask-again = it proves nothing; ask for a new one (accord audit --export FILE)
audit-changes-missing = changes of it are missing
audit-change-malformed = a change in it is malformed inside
audit-content-differs = its changes give other content than was signed
did-found = signed the founding of { $name }
did-add-device = added a device ({ $device })
did-revoke = ended its device { $device }
did-propose = proposed { $what }
did-sign = signed { $what }
did-refuse = refused { $what }: { $why }
did-learn =
    { $count ->
        [one] says that it knows of 1 decision or device from here on
       *[other] says that it knows of { $count } decisions and devices from here on
    }
did-newer = wrote something that a newer version of accord reads
did-begin = began { $name }, a { $kind }
did-change = changed { $name }
did-change-nothing = changed { $name }, and nothing that people see
did-change-this = changed { $name }: { $what }
did-change-places =
    { $count ->
        [one] changed { $name } in 1 place
       *[other] changed { $name } in { $count } places
    }
did-change-times = changed { $name } { $count } times
what-is-not-here = what is not here yet
decision-not-here = { $number }, which is not here yet
it-waits-for = it waits for { $what }

audit-older =
    { $count ->
        [one] { $count } older one is left out; it is in what --export writes.
       *[other] { $count } older ones are left out; they are in what --export writes.
    }
audit-times = Times are as their authors say; in brackets stands the place in the author's own log.
audit-next = prove it to others: accord audit { $document }--export FILE
audit-built-knowing = built on what { $on } wrote, and knew that it counts no more
changes-nothing = changes nothing: { $why }
audit-about = all decisions, and all that was written in { $name }
audit-about-decisions = all decisions
audit-wrote = Wrote { $file }: { $about } ({ $entries }).
audit-who-has-it = Whoever has it and the programme's id can check it, and read what is in it.
audit-check-there = there: accord audit --check { $file } --programme { $programme }
counted-devices =
    { $count ->
        [one] { $count } device
       *[other] { $count } devices
    }
proof-founded = Founded by { $who }; both signatures hold.
proof-decisions =
    { $count ->
        [one] Decisions: { $entries } of { $devices }, each signed by its author; { $count } decision is in force, signed by every secretariat.
       *[other] Decisions: { $entries } of { $devices }, each signed by its author; { $count } decisions are in force, signed by every secretariat.
    }
proof-ignored =
    { $count ->
        [one] Of these { $count } entry counts for nothing: its author had no right to what it says.
       *[other] Of these { $count } entries count for nothing: their author had no right to what they say.
    }
proof-twice = { $who } signed two things that exclude each other.
proof-document = Document { $id }
proof-changes-by = { $count } by { $who }
proof-changes = Changes, each signed by its author: { $changes }.
proof-apart =
    { $count ->
        [one] Of these { $count } change was written where it does not count by itself.
       *[other] Of these { $count } changes were written where they do not count by themselves.
    }
proof-version = { $label }: signed by { $who }; its { $changes } make exactly what was signed.
proof-no-version = No version of it was ratified.
proof-holds = All of it holds. What was written later, or left out at the end of a log, no file can show.
