# Own changes that are kept apart, and making them again.

again-newer = was written by a newer version of the program
    .hint = upgrade, then make it again
again-ground = stood in something that does not count either, and was made by somebody else
    .hint = write what is still to be said by hand: accord edit DOC
apart-none = nothing of yours is kept apart
    .hint = what others wrote and does not count: accord status
apart-none-of = nothing of yours is kept apart in a document "{ $name }"
    .hint = it is in: { $names }
apart-none-open = nothing of yours in { $name } is left to be made again
    .hint = what was made again or dismissed: accord apart --all
apart-which = "{ $change }" does not name one change of yours in { $name } that is kept apart
    .hint = see them, each with its id: accord apart
apart-malformed = the change is malformed inside, and cannot be read
    .hint = write what it was to say by hand
apart-lacks = a change that it was made on is not here
    .hint = fetch it from the others: accord sync
apart-no-document = nothing of the document that it was written in counts
    .hint = create the document anew: accord new KIND NAME
apart-undecided = waits for { $what }
redo-before = { $change } was made again before
    .hint = who changed what: accord log DOCUMENT
redo-stopped = { $change } could not be made again ({ $done ->
        [0] nothing was written
        [one] one before it was
       *[other] { $done } before it were
    }): { $why }
apart-of-device = on { $device }
apart-of-this = on this device
apart-does-not-count = Does not count: { $reason }
apart-state-again = Was made again.
apart-state-dismissed = Was dismissed here: it is offered no more.
apart-unreadable = What it said cannot be shown: { $why }
apart-nothing = it wrote nothing that can be shown
apart-begins = Nothing of this document counts; making it again begins it anew.
apart-empty = Nothing of yours is kept apart.
apart-next = accord redo { $name } makes all of it again, accord redo { $name } CHANGE one; accord apart { $name } --dismiss CHANGE offers it no more
redone = { $change }, made again:
redone-nothing = { $change }: nothing was left to write
dismissed = { $change } in { $name } is offered no more. It stays in the log, and accord apart --all shows it.
log-again = Made again: it was kept apart as { $change }
desk-again = Yours, and it does not count
desk-again-line = { $name }: { $count ->
        [one] 1 change
       *[other] { $count } changes
    } of yours can be made again
redo-moved = something else was written at { $path } since, by this very device
    .hint = write what is to stand there now (accord set), or offer the old change no more (accord apart DOCUMENT --dismiss CHANGE)
redo-two-histories = { $name } was changed in two histories of one device, and they may say different things in one place
    .hint = see them with accord apart { $name }, then name the last change of those that shall stand: accord redo { $name } CHANGE
