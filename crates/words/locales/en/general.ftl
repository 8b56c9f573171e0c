# What every command says. Ids are stable; arguments stand in braces. Commands stay as they are typed.

error = error:
hint = hint:
warning = warning:
next = Next:
list-and = { $first } and { $last }
list-or = { $first } or { $last }
yes = yes
no = no
just-now = just now
span-seconds = { $count } s
span-minutes = { $count } min
span-hours = { $count } h
span-days =
    { $count ->
        [one] { $count } day
       *[other] { $count } days
    }
time-ago = { $span } ago
time-until = in { $span }
counted-entries =
    { $count ->
        [one] { $count } entry
       *[other] { $count } entries
    }
counted-documents =
    { $count ->
        [one] { $count } document
       *[other] { $count } documents
    }
counted-changes =
    { $count ->
        [one] { $count } change
       *[other] { $count } changes
    }
counted-fields =
    { $count ->
        [one] { $count } field
       *[other] { $count } fields
    }
progress = { $text } ({ $sent } sent, { $received } received)
no-home = no home is known
    .hint = name a folder with --home or ACCORD_HOME
cannot-write-output = cannot write the output: { $why }
no-resources = the system gives no resources: { $why }
other-answer = the node answers something else than was asked
    .hint = node and command are of different versions: restart the node with the newer one
homes-kept = { $why }
    .hint = the homes are kept; look around in them
demo-interrupted = the demonstration was interrupted
    .hint = its nodes have ended, and without --keep its homes are removed
demo-no-folder = no folder for the homes can be made: { $why }
    .hint = name a folder with room for it in TMPDIR
nothing-answered = nothing was answered, so nothing was done
    .hint = run it again when you are ready to answer
nobody-to-confirm = a person has to confirm this, and there is no terminal to ask
    .hint = run it in a terminal, or say { $option }
file-too-large = { $file } is larger than { $limit } MiB
    .hint = cut it into parts
file-unreadable = cannot read { $file }: { $why }
    .hint = name a text file in UTF-8, or - for standard input
file-unwritable = cannot write { $file }: { $why }
    .hint = name a folder that exists and that you may write to
passphrase-of = Passphrase of { $file }: 
passphrase-sealed = the key file { $file } is sealed by a passphrase
passphrase-new = New passphrase: 
passphrase-again = The same again: 
passphrase-needed = a passphrase is needed
passphrases-differ = the two passphrases differ; nothing was changed
passphrase-short = a passphrase has at least { $length } characters
    .hint = several words that do not belong together are strong, and easy to keep in mind
nobody-for-passphrase = { $why }, and there is no terminal to ask
    .hint = run it in a terminal, or name a file with the passphrase in { $variable }
file-open-to-others = others than its owner can reach { $file }
    .hint = run: chmod 600 { $file }
passphrase-too-long = { $file } is too long for a passphrase
cannot-read = cannot read { $file }: { $why }
editor-not-started = the editor { $editor } cannot be started: { $why }
    .hint = set ACCORD_EDITOR to the command of an editor that waits until the file is closed
editor-not-found = the editor { $editor } cannot be started
    .hint = set ACCORD_EDITOR to the command of an editor that waits until the file is closed
editor-failed = edit cancelled: the editor { $editor } ended with an error
    .hint = nothing was changed
draft-gone = the editor removed the file that it was given
    .hint = nothing was changed
draft-too-long = the edited text is too long
draft-kept = your text is kept in { $file }
draft-lost = your text could not be kept: { $why }
draft-not-made = cannot make a file to edit: { $why }
    .hint = check that the folder for temporary files has room
draft-not-opened = cannot open the file to edit: { $why }
    .hint = check that the folder for temporary files has room
draft-not-written = cannot write the file to edit: { $why }
    .hint = check that the folder for temporary files has room
draft-not-read = cannot read the edited file: { $why }
    .hint = check that the folder for temporary files has room

conflict-more =
    { $count ->
        [one] and { $count } more, which is not shown
       *[other] and { $count } more, which are not shown
    }
log-since =
    { $count ->
        [one] { $count } change since { $version }, the last version that both secretariats signed.
       *[other] { $count } changes since { $version }, the last version that both secretariats signed.
    }
manual-written = Wrote the manual pages to { $folder }.

misuse-missing = the following required arguments were not provided: { $arguments }
misuse-no-value = { $argument } needs a value
misuse-value = "{ $value }" is no value of { $argument }
    .hint = there are: { $known }
misuse-validation = "{ $value }" is no value of { $argument }: { $why }
misuse-unknown = there is no option "{ $argument }" here
misuse-command = there is no command "{ $command }"
misuse-no-command = a command is missing
misuse-conflict = { $argument } and { $others } do not go together
misuse-number = { $argument } takes another number of values
misuse-other = { $what }
misuse-near = did you mean { $near }?
misuse-usage = usage: { $usage }
address-form = write it as /ip4/127.0.0.1/tcp/4701
duration-form = write a number with m, h, d or w, such as 12h or 7d
duration-none = a ticket must be valid for some time
duration-long = a ticket is valid for a year at most
