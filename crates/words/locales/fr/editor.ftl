# Ce que dit, en commentaire, la page sur laquelle un document est modifié.

editor-head =
    { $kind }. Les lignes qui commencent par # sont de l'aide et ne sont pas relues.
    Pour vider une valeur, ne laissez rien après les deux-points. Un élément se retire avec un
    motif, par sa propre commande, et non en l'effaçant ici ; un nouvel élément est sans `id`.
editor-newer = Écrit avec un programme plus récent, gardé tel quel :
editor-or = ou
editor-field = { $name } ({ $type })
editor-one-of = au choix : { $codes }
editor-conflict = CONFLIT, { $place } : il y a { $count } valeurs. Laissez-le ici ; réglez-le avec accord resolve, et un motif.
editor-more = et { $count } de plus
editor-before = Les mêmes mots ont été modifiés par plusieurs personnes. Avant : { $text }
editor-review = À RELIRE, { $place } : il y a { $count } rédactions. Laissez ce passage, ou écrivez la rédaction à retenir.
editor-wordings = CONFLIT, { $place } : il y a { $count } rédactions. Laissez ce passage, ou écrivez la rédaction à retenir.
editor-retired = { $item } est retiré : { $reason }
editor-rows = les lignes ne se modifient pas ; ajoutez-en une, avec `supersedes` si elle en corrige une autre
editor-type =
    { $type ->
        [text] texte
        [set-of-items] ensemble d'éléments
        [list-of-rows] liste de lignes
        [table] tableau
        [shares] parts
        [list-of-codes] liste de codes
        [short-text] texte court
        [whole-number] nombre entier
        [number] nombre
        [date] date
        [code] code
        [reference] référence
        [yes-or-no] oui ou non
        [amount] montant
       *[other] valeur
    }

# Un fichier exporté qui revient modifié.

edited-too-large = le fichier dépasse 64 Mio
    .hint = exportez-en une partie
edited-table = ce n'est pas un tableau : { $what }
    .hint = enregistrez-le en CSV avec des virgules, en UTF-8
edited-json = ce n'est pas du JSON : { $what }
    .hint = vérifiez ici les accolades et les guillemets
edited-twice = `{ $path }` figure deux fois
    .hint = gardez l'un des deux
edited-no-field = il n'y a pas de champ `{ $name }`
    .hint = il y a : { $known }
edited-taken-out = `{ $path }` a été enlevé
    .hint = gardez la ligne ; pour vider une valeur, laissez-la vide
edited-row-taken-out = la ligne `{ $path }` a été enlevée
    .hint = gardez-la ; une ligne se corrige par une autre qui la remplace (supersedes)
edited-item-taken-out = { $item } ne figure plus dans { $list }
    .hint = gardez ses lignes, et retirez-le : accord retire DOC { $list }.{ $item } --why TEXTE
edited-row = `{ $path }` ne se modifie pas ici
    .hint = les lignes ne se modifient jamais ; ajoutez-en une qui la remplace
edited-open = `{ $path }` ne se modifie pas ici
    .hint = il y a désaccord à ce sujet ; réglez-le avec resolve
edited-cut-off = `{ $path }` a été coupé par le tableur
    .hint = ce texte est trop long pour une cellule : modifiez-le avec accord edit, et remettez-le ici tel qu'il était
edited-both = `{ $path }` contient une valeur et d'autres au-dessous
    .hint = écrivez l'une ou l'autre
edited-nothing = `{ $path }` ne désigne aucun champ
    .hint = écrivez { $list }.CODE.CHAMP
