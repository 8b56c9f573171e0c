# Ce qui ne va pas dans une table de correspondance, dans le tableau qu'elle lit, ou dans l'une de ses lignes.

map-unreadable = la table de correspondance ne peut pas être lue : { $why }
    .hint = examples/tunisia-import en a une dont chaque partie est expliquée
map-too-large = elle dépasse 1 Mio
map-other-kind = elle est faite pour le type { $kind }, et ce document est du type { $found }
map-table-too-large = le tableau dépasse 64 Mio
map-table-too-long = le tableau a plus de { $limit } lignes
map-no-place = le type { $kind } n'a pas de `{ $place }` que l'on puisse remplir
map-no-external = `{ $name }` n'a pas de champ `{ $field }`
line-no-id = elle n'a pas d'identifiant
line-no-column = il n'y a pas de colonne `{ $column }`
line-open-brace = il manque à `{ $pattern }` un `{ "}" }` qui ferme
line-no-table = la table de correspondance n'a pas de partie `{ $name }` sous `tables`
line-not-in-table = `{ $cell }` ne figure pas dans `{ $name }`, sous `tables`
line-unfilled = `{ $name }` ne se remplit pas d'une colonne
line-no-currency = un montant a besoin de sa devise, comme `{ "{Value}" } USD`
line-no-number = `{ $number }` n'est pas un nombre simple
line-decimals = le montant a trop de décimales : { $decimals } au plus ; `round: true` dans la table de correspondance arrondit
line-below-zero = { $field } de { $id } serait au-dessous de zéro
line-no-rule = aucune règle ne fait { $id }, qui a des cases
line-code-taken = le code `{ $code }` est pris ou vide
line-retired = { $id } est retiré dans le document
line-open = il y a désaccord à propos de { $path } ; réglez cela d'abord
template-version-missing = la version du modèle dont ceci est tiré n'est pas ici
    .hint = synchronisez avec une organisation qui a tout le document du programme
