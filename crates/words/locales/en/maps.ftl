# What is wrong with a map, with the table that it is for, or with a line of it.

map-unreadable = the map cannot be read: { $why }
    .hint = examples/tunisia-import has a map with every part explained
map-too-large = it is larger than 1 MiB
map-other-kind = it is for a { $kind }, and this is a { $found }
map-table-too-large = the table is larger than 64 MiB
map-table-too-long = the table has more than { $limit } lines
map-no-place = a { $kind } has no `{ $place }` that can be filled
map-no-external = `{ $name }` has no field `{ $field }`
line-no-id = it has no id
line-no-column = there is no column `{ $column }`
line-open-brace = `{ $pattern }` has no closing `{ "}" }`
line-no-table = the map has no table `{ $name }`
line-not-in-table = `{ $cell }` is not in the table `{ $name }`
line-unfilled = `{ $name }` cannot be filled from a column
line-no-currency = an amount needs its currency, like `{ "{Value}" } USD`
line-no-number = `{ $number }` is not a plain number
line-decimals = the amount has more than { $decimals } decimals; `round: true` in the map rounds it
line-below-zero = { $field } of { $id } would be below zero
line-no-rule = no rule makes { $id }, which has cells
line-code-taken = the code `{ $code }` is taken or empty
line-retired = { $id } is retired in the document
line-open = people disagree about { $path }; settle it first
template-version-missing = the version of the template that this was made from is not here
    .hint = sync with an organisation that has the whole programme document
