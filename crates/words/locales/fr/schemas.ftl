# Ce qui ne va pas dans le fichier d'un type, chaque fois après la place, et ce qui est dit des champs d'un type.

schema-unreadable = le type ne peut pas être lu : { $why }
    .hint = corrigez le fichier du type ; docs/kinds.md décrit chaque sorte de champ
schema-mistakes =
    { $count ->
        [one] le type a une erreur : { $all }
       *[other] le type a { $count } erreurs : { $all }
    }
schema-too-large = il dépasse 1 Mio
schema-word = cela ne veut rien dire ici ; un type a name, version, labels, fields
schema-first-version = les versions commencent à 1
schema-name = `{ $name }` doit être fait de minuscules, de chiffres et de `_`, une lettre d'abord
schema-language = pas de langue `{ $language }` ; il y a { $list }
schema-help = `help` a besoin d'un texte en `en`
schema-name-used = ce nom est déjà employé ici
schema-no-split = il n'y a pas de parts `{ $split }` à côté
schema-nested = ensembles et lignes ne se placent qu'au premier niveau d'un document
schema-field-word = `{ $word }` ne veut rien dire ici
schema-type-word = `{ $word }` ne veut rien dire pour la sorte `{ $type }`
schema-bounds = `min` est après `max`
schema-bound = `{ $word }` doit être un nombre simple, ou pour une date un jour comme 2013-01-31
schema-no-type = pas de sorte `{ $other }` ; il y a { $known }
schema-needs-fields = il faut `fields`
schema-needs-axes = un tableau a besoin de `axes`, par exemple [year, currency]
schema-no-axis = pas d'axe `{ $other }` ; il y a year, currency, code, reference
schema-no-set = pas d'ensemble `{ $set }` au premier niveau du document
schema-needs-parts = des parts ont besoin ou de `of` (un ensemble) ou de `codes`
schema-no-of = `of: { $set }` n'est pas un ensemble de ce document ; ou écrivez organisation, document, document TYPE, name
schema-codes-twice = il y a `codes` et `list` à la fois ; gardez l'un des deux
schema-no-list = pas de liste `{ $name }` ; il y a : { $known }
schema-needs-codes = il faut `codes`, ou le nom d'une liste (`list`)
schema-code-form = le code `{ $code }` est vide ou a un `.`, un `/` ou une espace à un bout
schema-code-twice = le code `{ $code }` figure deux fois
schema-shipped = `{ $name }` est un type du programme même ; choisissez un autre nom
schema-version = elle doit dépasser { $version }, que le programme a déjà
schema-taken-out = ce champ a été enlevé ; des documents peuvent le contenir, gardez-le donc
schema-other-type = de sorte « { $before } », il ne peut pas devenir « { $after } »

# Un type, champ par champ.

described-head = Version { $version }. { $labels }.
described-columns = | champ | sorte | |
described-lists = Listes de codes
described-currencies = les { $count } devises d'ISO 4217
described-year = année
described-currency = devise
described-name-of = nom de : { $of }
described-table = tableau par { $axes } : { $value }
described-shares-of = parts de `{ $set }`
described-shares = parts : { $codes }
described-codes = codes : { $codes }
described-code = code : { $codes }
described-reference = référence à : { $of }
described-list = liste `{ $name }`
described-required = obligatoire
described-min = au moins { $min }
described-max = au plus { $max }
described-split = divisé selon `{ $split }`
described-template = vient du modèle
described-machine = tenu par des commandes
