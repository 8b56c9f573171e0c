# Decisions.

no-decisions = There are no decisions yet.
no-open-decisions = No decision is open.
read-and-sign = read it and sign: accord sign { $number }
waits-for-you-to-sign = waits for your signature
waits-for = waits for { $who }
decision-open = open
decision-in-force = in force
decision-dead = settled: refused, or signed differently
decision-superseded = another decision stands in its place
sign-or-refuse = accord sign { $number }, or accord refuse { $number } --why TEXT
at-time = { $ago } ({ $time })
proposed-by = proposed by { $who }, { $when }
decision-objection = As things stand it would change nothing: { $why }.
decision-rivals = Proposed about the same:
signed-by = signed by { $who }
decision-choices = How it goes on:
vote-signed = signed
vote-refused = refused
vote-other = signed another decision instead
vote-none = has not signed yet
sign-again = To sign, type its number again:
numbers-differ = the numbers differ; nothing was signed
    .hint = read it again: accord decision { $number }
you-signed = You signed: { $sentence }
you-refused = You refused: { $sentence }
now-in-force-without = { $who } signed, which is what the founding asks for where { $lost } is lost: it is in force from now on.
now-in-force = Every secretariat has signed: it is in force from now on.
still-waits = It waits for { $who } to sign.
not-in-force = It is not in force.
proposed-before = This is proposed already; nothing was added.
proposed = Proposed. Nothing is signed yet; it changes nothing until it is in force.
proposed-both = accord sign { $number }; so does the other secretariat.
proposed-one = { $who } signs it with: accord sign { $number }
proposed-others = { $who } sign it with: accord sign { $number }

# Versions that were ratified.

since-version =
    ; { $count ->
        [one] { $count } change
       *[other] { $count } changes
    } since
changes-since =
    { $count ->
        [one] 1 change of { $name } since is not in { $label }; it stays in the draft.
       *[other] { $count } changes of { $name } since are not in { $label }; they stay in the draft.
    }
changes-since-unknown = { $label } of { $name } is not whole here yet, so it cannot be told what came after it; accord sync fetches the rest.
version-not-whole = , which is not whole here yet
version-alarm = warning: { $alarm }
no-version-agreed = no version agreed:
several-put-up = several states are put up; only one of them can become the version:
put-up-signed = signed by { $who }
put-up-refused = refused by { $who }
put-up-waits = waiting for { $who }
put-up-nobody = signed by nobody
put-up-since =
    { $count ->
        [one] ; 1 change since is not in { $label }
       *[other] ; { $count } changes since are not in { $label }
    }
put-up-not-whole = ; not whole here yet
put-up-decision = (accord decision { $number })
ratify-before = { $name } was put up as { $label } exactly so before, in decision { $number }.
ratify-put-up = Put up { $name } as it is now to become { $label }: decision { $number }.
ratify-waits = Both secretariats have to sign it; it waits for { $who }. What is changed from now on is not in { $label }.
going-to = On its way to { $who }.
heard-later = { $who } will hear of it when connected.
version-signed = Signed by { $who } on { $time } (decision { $number }).
version-differs = { $changes } since: see what differs with accord diff { $name } { $label } draft

# What a decision would change: its title.

decision-nothing = Change nothing
decision-admit = Admit { $name } ({ $code }) as { $kind }
decision-remove = Remove { $who }
decision-open-space = Open the space { $name }
decision-rename-space = Call the space { $space } { $name }
decision-let-write = Let { $who } read and write in the space { $space }
decision-let-read = Let { $who } read in the space { $space }
decision-take-all = Take all access to the space { $space } from { $who }
decision-take-write = Take writing in the space { $space } from { $who }
decision-freeze = Freeze { $document } as { $label }
decision-root = Replace the root key of { $who }
decision-secretariat = Make { $name } ({ $code }) a secretariat
decision-signing = Have { $who } sign from another device
decision-drop = End the part of { $who } as secretariat
decision-guard = Judge all changes by guard rule { $to }
decision-recover = Recover from the loss of { $who }
decision-newer = A decision of a kind that a newer version of accord knows

# What it means.

admits-observer = { $code } receives all documents of the programme, and writes nothing.
admits-member = { $code } receives all documents of the programme, and its later changes are taken in.
admits-node = Its node is the one with the device id { $device }.
admits-no-sign = It cannot sign decisions; that takes a secretariat.
removes-nothing-more = { $code } receives nothing from then on. What it has it keeps: that cannot be called back.
removes-access = Its access to every space ends with it, and does not come back if it is admitted again.
space-writers = { $who } read and write in it.
space-readers = { $who } only read it.
space-secretariats = Both secretariats read it, as every space that is shared.
freezes = { $label } of { $name } stays as it is for ever, the same at every organisation.
freezes-on = { $name } can be changed further; that is not in { $label }.
