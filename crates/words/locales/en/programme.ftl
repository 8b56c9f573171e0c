# Organisations, the founding of a programme, and who takes part.

home-made = { $name } ({ $code }) has its keys and a home for its documents in { $home }.
home-root-apart = The root key is in { $file } alone: keep it offline. Who loses it cannot add or revoke devices any more.
home-keys = Nobody else has these keys. Keep the folder private, and make no copy of it that runs.
home-next = hand your card to the other secretariat (accord card), or join with a ticket (accord join TICKET).
founded = { $name } is prepared and signed by you.
founded-waits = It exists once { $other } has signed too; until then nothing can be written in it.
founded-next = run your node (accord node --listen ADDRESS), then hand over a ticket (accord invite).
ticket-once = One organisation can use this ticket, once. It ends { $when } ({ $time }).
ticket-leads = It leads to { $addresses }, where your node must be running.
ticket-next = the other organisation runs: accord join TICKET
join-unconfirmed = joining has to be confirmed
    .hint = run it in a terminal to see the programme first, or say --yes
join-ask = Go on? [y/N]
join-not = Nothing was signed or sent.
join-secretariats = Secretariats: { $names }
join-means-countersign = You are the other secretariat: with your signature the programme begins, and from then on every decision takes both signatures.
join-means-ask = You ask to be admitted. Both secretariats have to sign before you see any document.
join-means-member = You take part already.
join-means-device = Your organisation takes part, and this is a further device of it.
joined-signed = You signed. { $name } exists from now on, with both signatures.
joined-undelivered = The other secretariat has not heard of it yet; it will when your nodes meet.
joined-next = run your node (accord node --listen ADDRESS).
asked-delivered = You asked to be admitted to { $name }. Your request was handed over.
asked-kept = You asked to be admitted to { $name }. Your request is kept, and handed over when your node meets theirs.
asked-waits = Both secretariats have to sign; until then you see no documents.
asked-next = run your node (accord node --listen ADDRESS) and look at accord status.
device-joined = This device takes part in { $name } from now on, for your organisation.
device-joined-all = Everything that your organisation may read is here.
device-joined-part = Not everything is here yet: the rest comes when your node runs.
device-joined-next = run the node of this device too (accord node --listen ADDRESS).
joined-already = You take part in { $name } already. Nothing was changed.
organisations-next = accord spaces shows who reads and writes what
you = , you
since-founding = { $kind } since the founding
since-decision = { $kind } since decision { $number }{ $day }
ended-decision = takes part no more since decision { $number }{ $day }
ended = takes part no more
of-day = of { $day }
spaces-next = accord propose space NAME --write ORG,ORG, or accord propose grant ORG SPACE
space-before =
    { $count ->
        [one] { $count } document
       *[other] { $count } documents
    } from before; you read it no more
space-unread = you do not read it
nobody-writes = nobody writes
one-writes = { $who } writes
many-write = { $who } write
one-reads = { $who } reads
many-read = { $who } read
