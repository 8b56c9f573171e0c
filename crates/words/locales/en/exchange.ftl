# Kinds of documents.

kind-listed = { $name }: { $label }, version { $version }
kind-of-programme = , added to the programme
kind-fine = { $name }, version { $version }: { $fields }, and nothing is wrong.
kind-known = { $name }, version { $version }: the programme has it already.
kind-follows = { $name }, version { $version }: { $fields }, and it can follow version { $before }.
kind-added = Added the kind { $name }, version { $version }, to the programme.
kind-moved = The kind { $name } is at version { $version } now; it was at { $before }.

# Files: what is read in, and written out.

no-file = no file is named
    .hint = accord import FILE, or accord import csv FILE --map MAP
would-be-made = would be made: { $number }
would-be-changed = would be changed: { $number }
import-line = line { $line }: { $what }
not-taken = not taken: { $number }
to-look-at = to look at: { $number }
import-done = { $made } new, { $changed } changed, { $unchanged } as they were, { $refused } not taken
import-nothing = nothing
import-would-not = Nothing would change in { $name }: { $done }.
import-would-make = The { $kind } { $name } would be made, with { $done }.
import-would-change = { $name } would change: { $done }.
nothing-written = Nothing was written.
import-created = Created the { $kind } { $name }.
import-says-so = Nothing to write: { $name } says all of it already ({ $done }).
import-wrote = { $name }: { $done }, in { $changes }.
edits-nothing = Nothing would change: { $name } says so already.
no-format = the file's name does not say as what to export
    .hint = add --format csv, json, markdown or html
exported = { $name } is in { $file }, as it stands now.
exported-next = edit it if you like, then: accord import { $file }
