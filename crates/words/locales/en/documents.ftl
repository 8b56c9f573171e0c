# Documents: what is read, and what a change did.

nothing-to-write = Nothing to write: { $name } says so already.
saved-alone = Saved here. No other organisation reads it.
saved-going = Saved, and on its way to { $now }.
saved-later = Saved here. { $later } will get it when you are connected.
saved-both = Saved, and on its way to { $now }; { $later } will get it later.
open-in =
    { $count ->
        [one] { $count } place waits
       *[other] { $count } places wait
    } for a person in { $name }.
created = Created the { $kind } { $name }{ $from }{ $filled }.
created-from =  from { $template }
created-with = , with { $all }
seen-by-all = Every organisation of the programme will see it.
seen-by-own = It stays on your own organisation's devices.
seen-in-space = The organisations that read the space { $space } will see it.
same-name = There is another { $kind } of this name. Both stay; their ids tell them apart (accord list).
no-documents = There are no documents yet.
in-space = , in { $space }
listed-values =
    { $count ->
        [one] { $count } value in conflict
       *[other] { $count } values in conflict
    }
listed-texts =
    { $count ->
        [one] { $count } text under review
       *[other] { $count } texts under review
    }
listed-retired =
    { $count ->
        [one] { $count } retired but changed since
       *[other] { $count } retired but changed since
    }
listed-homeless =
    { $count ->
        [one] { $count } without a home
       *[other] { $count } without a home
    }
listed-codes =
    { $count ->
        [one] { $count } code given twice
       *[other] { $count } codes given twice
    }
listed-open =
    { $count ->
        [one] { $count } place that waits
       *[other] { $count } places that wait
    } for a person
listed-held =
    { $count ->
        [one] { $count } change held back
       *[other] { $count } changes held back
    }
listed-unreadable = cannot be read here: { $why }
waits-for-person = Waits for a person
see-who-wrote = see who wrote what: accord conflicts { $name }
nothing-written-at = Nothing is written at { $path }.
people-disagree = People disagree here; every value is shown and none is chosen.
why = Why: { $why }
kept-because = Kept, because others built on it before they could know:
kept-by =
    { $count ->
        [one] Kept, because others built on it; of them { $who } knew that it counts no more:
       *[other] Kept, because others built on it; of them { $who } knew that it counts no more:
    }
built-knowing = { $author } built this on what { $on } wrote, and knew that it counts no more
nothing-differs = Nothing differs.
edit-cancelled = Edit cancelled, no changes made.
edit-wrong-line = nothing was changed: line { $line }: { $message }
edit-wrong = nothing was changed: the text has errors
outline-other = of a newer version of this kind
outline-retired = retired
outline-retired-why = retired: { $why }
outline-before = before
outline-stands = stands now
outline-conflict = in conflict
outline-review = under review

# Checks.

check-fine = { $name }: nothing is wrong or missing.
check-warnings = { $name }: no errors and { $warnings }. Warnings do not stop ratifying.
check-errors = { $name }: { $errors } and { $warnings }. Errors stop ratifying; nothing here stops writing.
check-more =
    { $count ->
        [one] One more finding is not told here: { $command }
       *[other] { $count } more findings are not told here: { $command }
    }
log-earlier =
    { $count ->
        [one] One earlier change is not told here: { $command }
       *[other] { $count } earlier changes are not told here: { $command }
    }
counted-errors =
    { $count ->
        [one] { $count } error
       *[other] { $count } errors
    }
counted-warnings =
    { $count ->
        [one] { $count } warning
       *[other] { $count } warnings
    }

# Templates and translations.

template-settled = Nothing in { $name } waits: what it took from { $template } is as it was, or was decided about.
template-next = accord template adopt { $name } { $first }, or: accord template decline { $name } { $first }
element-unchanged = the same in the template and here
element-template-moved = the template has changed
element-adapted = adapted here
element-both-moved = the template has changed, and it was adapted here
element-new = new in the template
element-withdrawn = withdrawn from the template
says-both = both say
says-here-taken = here, as taken over
says-template-now = template now
says-template = template
says-here = here
says-taken = taken over
says-nothing = nothing
decide-nothing = Nothing to decide: none of it waits.
decide-adopted = Adopted from the template: { $elements }.
decide-kept = Kept as it is here: { $elements }.
decide-waiting = Still waiting: { $elements }.
translation-missing = missing
translation-stale-from = stale: the words in { $from } have changed
translation-old = stale
translation-summary = { $missing } missing, { $stale } stale.

# What the document layer says: places, values, and why an edit is not made.

nothing = nothing
label-of = { $label } of { $item }
label-row = row { $id } of { $list }
label-paragraph = { $label } ({ $language }), paragraph { $number }
label-paragraph-out = { $label } ({ $language }), a paragraph taken out
change-confirmed = { $label } confirmed: { $after }
change-settled = { $label }: settled as it stands ({ $reason })
change-made = { $label }: { $before } → { $after }
change-made-note = { $label }: { $before } → { $after } ({ $note })
or = or
value-more = { $count } more
value-retired = retired
value-back = brought back
path-empty = the path is empty
    .hint = name a field, for example `country`
path-no-field = no field `{ $name }`
path-no-field-at = no field `{ $name }` in `{ $place }`
path-no-item = no item `{ $name }` in `{ $place }`
path-no-row = no row `{ $name }` in `{ $place }`
path-no-language = no language `{ $name }` in `{ $place }`
path-known = there are: { $list }
path-known-none = there is nothing yet
path-near = did you mean `{ $near }`? There are: { $list }
path-ambiguous = `{ $name }` names { $number } items in { $place }: { $ids }
    .hint = write an id in place of the code, for example `{ $first }`
path-too-deep = nothing is inside `{ $place }`, so `{ $name }` leads nowhere
    .hint = use `{ $place }`
edit-unfit = { $path } cannot hold this
edit-open = several values stand at { $path }
    .hint = people disagree here: accord resolve DOC { $path } VALUE --why TEXT
edit-retired = { $path } is retired
    .hint = bring { $path } back first: accord reinstate DOC { $path } --why TEXT
edit-moved = { $path } has changed since this version was opened
    .hint = look at it as it is now and make the edit again
edit-too-large = the edit is too large: { $size } characters, and at most { $limit } fit into one edit
edit-too-many = the edit is too large: { $items } items and { $values } values, and at most { $most } items and { $limit } values fit into one
edit-split = split it into several smaller edits

# Why a document is not found, read or written.

documents-none = there are no documents yet: accord new KIND NAME
names-known = there are: { $names }
names-more = there are: { $names } and { $more } more (accord list)
no-document = there is no document "{ $name }" here
documents-alike = { $count } documents are called "{ $name }"
    .hint = name one of them by its id: { $ids }
document-name = a document's name is one line of text, up to 200 bytes
no-kind = there is no kind of document called `{ $name }`
    .hint = there are: { $names }
no-kind-near = there is no kind of document called `{ $name }`
    .hint = did you mean { $near }? There are: { $names }
text-errors =
    { $count ->
        [one] the text has { $count } error
       *[other] the text has { $count } errors
    }
text-error = line { $line }: { $message }
no-change = the document has no change { $text }
    .hint = accord log shows its changes, each with its id; versions are called v1, v2 and draft
change-ambiguous = { $text } does not name one change
    .hint = give more digits of its id, as accord log shows it
field-twice = the field { $name } is given twice
field-form = a field has the form FIELD=VALUE
version-unknown = the version that was edited is not known here
    .hint = render the document anew and edit that
not-founded-write = the programme is not founded yet: one secretariat has not signed
    .hint = hand it a ticket (accord invite); it joins with: accord join TICKET
not-admitted = your organisation is not admitted yet; both secretariats must sign it
    .hint = see how it stands with: accord status
only-reads = your organisation reads in this programme, and does not write
    .hint = both secretariats can change that: accord propose remove ORG, then accord propose admit ORG
writes-not = your organisation does not write in the space { $name }
    .hint = both secretariats can change that: accord propose grant ORG SPACE --write
earlier-held-back = this device's earlier changes to the document are not in it
    .hint = accord status shows what is held back, and why
kind-clash = two different versions { $version } of { $name } were added; one counts everywhere. A version { $next } that has both settles it.
row-superseding = { $row }, in place of row { $id }
path-no-paragraph = no paragraph `{ $name }` in `{ $place }`
confirmed = confirmed
report-counted = Counted: { $version } of { $names }.
