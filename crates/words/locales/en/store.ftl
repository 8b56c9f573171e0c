# What goes wrong with what is stored.

store-io = the store could not { $doing }
store-engine = the storage engine could not { $doing }: { $what }
store-damaged = a stored value in { $tree } is damaged (key { $key })
store-read-only = nothing can be written until the store is opened again, because an earlier write failed: { $because }
store-locked = the store { $path } is already open
store-not-opened = the store { $path } could not be opened
store-format = the store has format { $found }, this version reads { $known }
store-unnoted = the store { $path } does not say by which engine it was written
store-other-engine = the store { $path } is noted as written by { $noted }, and was found to be, or taken for, one of { $found }
store-unknown-engine = there is no storage engine { $word }; there are sled and redb
logs-form = { $what } in the store cannot be read
logs-missing = { $what } is missing in the store; accord verify tells what can be healed
logs-lost = entries { $from } to { $to } of a log are damaged in this store; others who have them give them back
logs-layout = the logs in this store are written in layout { $found }, and this version of accord reads layout { $known }; use the version that wrote them, or a newer one
logs-packed = entries in this store stand in packs, and nothing was given to read them with
logs-unsure = an earlier write failed half-way; restart the node before writing again
own-heads-unwritten = the file of own heads could not be written
logs-elsewhere = { $what } cannot be written here
logs-draft = the entry was not made, because every other node would refuse it
logs-not-regular = entry { $seq } was not made, because it does not belong at this place of its log
logs-unsigned = no signature holds in a long stretch of entries from { $seq } on
ingest-gap = the entries begin at { $first }, and { $held } are held
ingest-apart = the entries from { $first } on belong to a history of this log of which earlier entries are missing
ingest-branches = { $limit } histories of this log are held already, and no more are kept
append-behind = this node's store is older than what it has already signed ({ $held } of { $signed } entries are there), so it writes nothing until it has its own entries back
append-ahead = others hold { $said } entries that this device wrote, and only { $held } are here, so it writes nothing until it has its own entries back
append-forked = another copy of this device has written too, from entry { $seq } on; a new device key is needed
own-heads-missing = the file of own heads { $path } is missing
own-heads-exists = the file of own heads { $path } exists already
own-heads-damaged = the file of own heads { $path } is damaged: { $why }
own-heads-version = the file of own heads { $path } has version { $found }, which is not known here
own-heads-backwards = position { $seq } of an own log is not after position { $noted }, which is noted already
own-heads-io = could not { $doing } the file of own heads { $path }

store-disk-full-mend = the disk was full. Nothing that was saved is lost: make space, then restart the node
store-full-mend = the disk is full. Nothing that was saved is lost: make space and try again (a running node has to be restarted then)
store-value-mend = accord verify mends what follows from the entries, and names what others have to give back
store-broken-mend = the store is damaged. Keep a copy of the whole home first. Then accord rebuild sets its files aside, takes what they still hold into a new store, and others give back the rest
store-locked-mend = another accord process has this home open; end it first
store-read-only-mend = reading still works; restart the node to write again
store-unnoted-mend = its files are those of { $engine }. If nobody put them there by hand, write that down again: echo { $engine } > { $note }
store-unknown-mend = nothing in it tells. Put the whole folder { $path } back as it was; or move it away and join again with a ticket from another organisation: what was exchanged comes back
store-other-engine-mend = files of two stores were mixed. Put the whole folder { $path } back as it was; accord compact --to { $noted } is what changes the engine
store-forbidden-mend = check who owns the files of the home, and their permissions

# What was tried, and what it was about; the program names them by these keys.

store-doing =
    { $doing ->
        [open-its-lock-file] open its lock file
        [lock-its-folder] lock its folder
        [create-its-folder] create its folder
        [clear-its-folder-of-torn-snapshots] clear its folder of torn snapshots
        [look-at-the-engines-lock] look at the engine's lock
        [open-its-files] open its files
        [open-a-tree] open a tree
        [open-its-files-for-syncing] open its files for syncing
        [read] read
        [read-a-value] read a value
        [read-a-part-of-a-value] read a part of a value
        [read-the-next-key] read the next key
        [read-its-format] read its format
        [note-its-format] note its format
        [write] write
        [flush] flush
        [sync-its-file] sync its file
        [sync-its-file-system] sync its file system
        [put-the-copy-in-its-place] put the copy in its place
        [remove-what-a-compaction-left] remove what a compaction left
        [open-the-folder-above-it] open the folder above it
        [sync-the-folder-above-it] sync the folder above it
        [measure-its-folder] measure its folder
        [start-its-writer] start its writer
        [answer] answer
        [close] close
        [change-the-length-of-its-file] change the length of its file
        [clear-away-a-file-that-was-never-finished] clear away a file that was never finished
        [close-its-file] close its file
        [copy] copy
        [list-its-tables] list its tables
        [look-into-its-folder] look into its folder
        [make-a-table] make a table
        [make-its-file] make its file
        [make-its-files] make its files
        [note-by-which-engine-it-is-written] note by which engine it is written
        [open-its-file] open its file
        [open-its-folder] open its folder
        [put-its-file-in-its-place] put its file in its place
        [put-the-new-store-in-its-place] put the new store in its place
        [read-by-which-engine-it-was-written] read by which engine it was written
        [shrink-its-file] shrink its file
        [sync-its-folder] sync its folder
        [write-to-its-file] write to its file
       *[other] go on
    }
own-heads-doing =
    { $doing ->
        [look-for] look for
        [open] open
        [read] read
        [clear-the-way-for] clear the way for
        [begin] begin
        [write] write
        [sync] sync
        [put-in-its-place] put in its place
        [sync-the-folder-of] sync the folder of
       *[other] use
    }
own-heads-why =
    { $why ->
        [it-does-not-begin-like-one] it does not begin like one
        [it-is-cut-short] it is cut short
        [its-checksum-is-wrong] its checksum is wrong
        [its-length-does-not-match-its-count] its length does not match its count
        [its-logs-are-not-in-their-order] its logs are not in their order
       *[other] it is not as it was written
    }
logs-what =
    { $what ->
        [a-forked-log] a forked log
        [the-head-of-a-log] the head of a log
        [a-page-of-arrivals] a page of arrivals
        [an-entry] an entry
        [the-place-of-an-entry] the place of an entry
        [the-proof-of-a-fork] the proof of a fork
        [the-outside-of-a-change] the outside of a change
        [an-entry-of-the-run] an entry of the run
        [another-devices-key] another device's key
        [the-number-of-the-layout-of-the-logs] the number of the layout of the logs
        [another-programmes-entries] another programme's entries
        [a-documents-id] a document's id
        [the-record-of-a-document] the record of a document
       *[other] a value
    }
store-limited =
    { $what ->
        [operations-of-one-commit] operations of one commit
        [bytes-of-a-key] bytes of a key
        [bytes-of-a-value] bytes of a value
        [bytes-of-one-commit] bytes of one commit
       *[other] parts
    }
store-too-large = { $size } { $what }, and at most { $limit } are possible
store-aborted = the transaction was aborted
store-copy-differs = the copy is not what was copied
store-writer-ended = its writer has ended

# Making a store anew.
rebuild-searching = searched { $part } % of the files
rebuild-while-running = the node of this home is running
    .hint = stop it first: accord node stop; then rebuild, and start it again
rebuild-needless = the store of this home can be opened, and is not made anew
    .hint = accord verify looks through it, mends what follows from the entries, and names what others have to give back
rebuild-nothing = there is no store in this home
    .hint = name the folder that holds its files: accord rebuild FOLDER; or join again with a ticket: what was exchanged comes back
rebuild-cannot-move = the damaged store cannot be set aside: { $why }
rebuilt-aside = The damaged store is set aside in { $path }. Keep it until everything is back.
rebuilt-found = Found in its files, proved to be what was signed, and taken into the store: { $entries }.
rebuilt-none = Nothing was found in its files that the store lacks and that can be used.
rebuilt-waiting = Found as well, and waiting for something before them that is missing: { $entries }.
rebuilt-torn = Found only in part, and not put together: { $entries }.
rebuilt-behind = This device has signed more than is here: { $entries }. It writes nothing before these are back.
rebuilt-next = accord node, and meet the others: they give back what they have. Then stop it, and accord rebuild { $path } takes what is left of the files
rebuilt-next-join = join again with a ticket from another organisation: accord join TICKET; what was exchanged comes back. Then accord rebuild { $path } takes what is left of the files
doctor-shredded = the engine of the store gave up a part of its log that was damaged; what it overwrote is kept in { $path }
doctor-shredded-mend = accord rebuild { $path }, while the node is stopped, takes what the store lacks; then the folder can be removed
rebuilt-done = Nothing that was found there is missing any more: the folder can be removed.
store-format-mend = it was written by another version of this program: use the newest one
