# What is wrong with the file of a kind, each behind its place, and what is said of a kind's fields.

schema-unreadable = the kind cannot be read: { $why }
    .hint = correct the kind's file; docs/kinds.md describes each type of field
schema-mistakes =
    { $count ->
        [one] the kind has a mistake: { $all }
       *[other] the kind has { $count } mistakes: { $all }
    }
schema-too-large = it is larger than 1 MiB
schema-word = means nothing here; a kind has name, version, labels, fields
schema-first-version = versions start at 1
schema-name = `{ $name }` must be small letters, digits and `_`, a letter first
schema-language = no language `{ $language }`; there are { $list }
schema-help = `help` needs a text in `en`
schema-name-used = this name is already used here
schema-no-split = no shares `{ $split }` beside it
schema-nested = sets and rows stand at the top of a document only
schema-field-word = `{ $word }` means nothing here
schema-type-word = `{ $word }` means nothing for the type `{ $type }`
schema-bounds = `min` is after `max`
schema-bound = `{ $word }` must be a plain number, or for a date a day like 2013-01-31
schema-no-type = no type `{ $other }`; there are { $known }
schema-needs-fields = needs `fields`
schema-needs-axes = a table needs `axes`, for example [year, currency]
schema-no-axis = no axis `{ $other }`; there are year, currency, code, reference
schema-no-set = no set `{ $set }` at the top of the document
schema-needs-parts = shares need either `of` (a set) or `codes`
schema-no-of = `of: { $set }` is no set of this document; or write organisation, document, document KIND, name
schema-codes-twice = has both `codes` and `list`; keep one
schema-no-list = no list `{ $name }`; there are: { $known }
schema-needs-codes = needs `codes`, or the name of a `list`
schema-code-form = the code `{ $code }` is empty or has a `.`, a `/` or a space at an end
schema-code-twice = the code `{ $code }` stands twice
schema-shipped = `{ $name }` is a kind of the program itself; choose another
schema-version = must be above { $version }, which the programme has
schema-taken-out = was taken out; documents may hold it, so keep it
schema-other-type = was a { $before } and cannot become a { $after }

# A kind, field by field.

described-head = Version { $version }. { $labels }.
described-columns = | field | type | |
described-lists = Lists of codes
described-currencies = the { $count } currencies of ISO 4217
described-year = year
described-currency = currency
described-name-of = name of: { $of }
described-table = table by { $axes }: { $value }
described-shares-of = shares of `{ $set }`
described-shares = shares: { $codes }
described-codes = codes: { $codes }
described-code = code: { $codes }
described-reference = reference to: { $of }
described-list = list `{ $name }`
described-required = required
described-min = at least { $min }
described-max = at most { $max }
described-split = divided by `{ $split }`
described-template = from the template
described-machine = kept by commands
