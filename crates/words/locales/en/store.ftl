# What goes wrong with what is stored.

store-io = the store could not { $doing }
store-engine = the storage engine could not { $doing }: { $what }
store-damaged = a stored value in { $tree } is damaged (key { $key })
store-read-only = nothing can be written until the store is opened again, because an earlier write failed: { $because }
store-locked = the store { $path } is already open
store-not-opened = the store { $path } could not be opened
store-format = the store has format { $found }, this version reads { $known }
logs-form = { $what } in the store cannot be read
logs-missing = { $what } is missing in the store; accord verify tells what can be healed
logs-lost = entries { $from } to { $to } of a log are damaged in this store; others who have them give them back
logs-layout = the logs in this store are written in layout { $found }, and this version of accord reads layout { $known }; use the version that wrote them, or a newer one
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
store-locked-mend = another accord process has this home open; end it first
store-read-only-mend = reading still works; restart the node to write again
store-forbidden-mend = check who owns the files of the home, and their permissions
