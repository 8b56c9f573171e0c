# What the page says that a document is edited on, in comments.

editor-head =
    { $kind }. Lines that begin with # are help and are not read back.
    To clear a value, leave nothing after its colon. Items are retired with a reason by their
    own command, and not by deleting them here; a new item is one without `id`.
editor-newer = Written with a newer program, kept as it is:
editor-or = or
editor-field = { $name } ({ $type })
editor-one-of = one of: { $codes }
editor-conflict = CONFLICT in { $place }: { $count } values stand. Leave it here; settle it with accord resolve, and a reason.
editor-more = and { $count } more
editor-before = The same words were changed by several people. Before: { $text }
editor-review = REVIEW in { $place }: { $count } wordings stand. Leave it, or write the one that shall stand.
editor-wordings = CONFLICT in { $place }: { $count } wordings stand. Leave it, or write the one that shall stand.
editor-retired = { $item } is retired: { $reason }
editor-rows = rows are not changed; add one, with `supersedes` if it corrects another
editor-type =
    { $type ->
        [text] text
        [set-of-items] set of items
        [list-of-rows] list of rows
        [table] table
        [shares] shares
        [list-of-codes] list of codes
        [short-text] short text
        [whole-number] whole number
        [number] number
        [date] date
        [code] code
        [reference] reference
        [yes-or-no] yes or no
        [amount] amount
       *[other] value
    }

# A file that was exported, edited, and comes back.

edited-too-large = the file is larger than 64 MiB
    .hint = export a part of it
edited-table = this is no table: { $what }
    .hint = save it as CSV with commas, in UTF-8
edited-json = this is no JSON: { $what }
    .hint = check the brackets and quotes here
edited-twice = `{ $path }` stands twice
    .hint = keep one of the two
edited-no-field = no field `{ $name }`
    .hint = there are: { $known }
edited-taken-out = `{ $path }` was taken out
    .hint = keep the line; to clear a value, leave it empty
edited-row-taken-out = the row `{ $path }` was taken out
    .hint = keep its lines; a row is corrected by another that supersedes it
edited-item-taken-out = { $item } was taken out of { $list }
    .hint = keep its lines, and retire it: accord retire DOC { $list }.{ $item } --why TEXT
edited-row = `{ $path }` cannot be changed here
    .hint = rows are never changed; add one that supersedes it
edited-open = `{ $path }` cannot be changed here
    .hint = people disagree about it; settle it with resolve
edited-cut-off = `{ $path }` was cut off by the spreadsheet
    .hint = this text is too long for a cell: change it with accord edit, and put it back here as it was
edited-both = `{ $path }` holds a value and more below it
    .hint = write one of the two
edited-nothing = `{ $path }` names no field
    .hint = write { $list }.CODE.FIELD
