# Documents: what is read, and what a change did.

nothing-to-write = Rien à écrire : { $name } le dit déjà.
saved-alone = Enregistré ici. Aucune autre organisation ne le lit.
saved-going = Enregistré, et en route vers { $now }.
saved-later = Enregistré ici ; transmission à { $later } dès la prochaine connexion.
saved-both = Enregistré, et en route vers { $now } ; transmission à { $later } plus tard.
open-in =
    { $count ->
        [one] { $count } endroit demande
       *[other] { $count } endroits demandent
    } une intervention dans { $name }.
created = Document { $name } ({ $kind }) créé{ $from }{ $filled }.
created-from =  à partir de { $template }
created-with = , avec { $all }
seen-by-all = Toutes les organisations du programme le verront.
seen-by-own = Il reste sur les appareils de votre organisation.
seen-in-space = Les organisations qui lisent l'espace { $space } le verront.
same-name = Il y a un autre document ({ $kind }) de ce nom. Les deux restent ; leurs identifiants les distinguent (accord list).
no-documents = Il n'y a pas encore de documents.
in-space = , dans { $space }
listed-values =
    { $count ->
        [one] { $count } valeur en conflit
       *[other] { $count } valeurs en conflit
    }
listed-texts =
    { $count ->
        [one] { $count } texte à relire
       *[other] { $count } textes à relire
    }
listed-retired =
    { $count ->
        [one] { $count } retiré mais modifié depuis
       *[other] { $count } retirés mais modifiés depuis
    }
listed-homeless =
    { $count ->
        [one] { $count } à rattacher ailleurs
       *[other] { $count } à rattacher ailleurs
    }
listed-codes =
    { $count ->
        [one] { $count } code donné deux fois
       *[other] { $count } codes donnés deux fois
    }
listed-open =
    { $count ->
        [one] { $count } endroit qui demande
       *[other] { $count } endroits qui demandent
    } une intervention
listed-held =
    { $count ->
        [one] { $count } modification retenue
       *[other] { $count } modifications retenues
    }
listed-unreadable = illisible ici : { $why }
waits-for-person = Demande une intervention
see-who-wrote = voyez qui a écrit quoi : accord conflicts { $name }
nothing-written-at = Rien n'est écrit à { $path }.
people-disagree = Il y a désaccord ici ; toutes les valeurs sont montrées et aucune n'est choisie.
why = Pourquoi : { $why }
kept-because = Gardé, car d'autres s'en sont servis avant de pouvoir savoir :
kept-by =
    { $count ->
        [one] Gardé, car d'autres s'en sont servis ; parmi eux, { $who } savait que cela ne compte plus :
       *[other] Gardé, car d'autres s'en sont servis ; parmi eux, { $who } savaient que cela ne compte plus :
    }
built-knowing = { $author } l'a fondé sur ce que { $on } a écrit, sachant que cela ne compte plus
nothing-differs = Aucune différence.
edit-cancelled = Modification abandonnée, rien n'a changé.
edit-wrong-line = rien n'a été changé : ligne { $line } : { $message }
edit-wrong = rien n'a été changé : le texte contient des erreurs
outline-other = d'une version plus récente de ce type
outline-retired = retiré
outline-retired-why = retiré : { $why }
outline-before = avant
outline-stands = à présent
outline-conflict = en conflit
outline-review = à relire

# Checks.

check-fine = { $name } : rien ne manque et rien n'est faux.
check-warnings = { $name } : aucune erreur et { $warnings }. Les avertissements n'empêchent pas la ratification.
check-errors = { $name } : { $errors } et { $warnings }. Les erreurs empêchent la ratification ; rien ici n'empêche d'écrire.
check-more =
    { $count ->
        [one] { $count } autre constat n'est pas montré ici : { $command }
       *[other] { $count } autres constats ne sont pas montrés ici : { $command }
    }
log-earlier =
    { $count ->
        [one] { $count } modification antérieure n'est pas montrée ici : { $command }
       *[other] { $count } modifications antérieures ne sont pas montrées ici : { $command }
    }
counted-errors =
    { $count ->
        [one] { $count } erreur
       *[other] { $count } erreurs
    }
counted-warnings =
    { $count ->
        [one] { $count } avertissement
       *[other] { $count } avertissements
    }

# Templates and translations.

template-settled = Rien n'attend dans { $name } : ce qui a été repris du modèle { $template } est resté tel quel, ou a été décidé.
template-next = accord template adopt { $name } { $first }, ou : accord template decline { $name } { $first }
element-unchanged = le même dans le modèle et ici
element-template-moved = le modèle a changé
element-adapted = adapté ici
element-both-moved = le modèle a changé, et il a été adapté ici
element-new = nouveau dans le modèle
element-withdrawn = retiré du modèle
says-both = les deux disent
says-here-taken = ici, tel que repris
says-template-now = modèle à présent
says-template = modèle
says-here = ici
says-taken = repris
says-nothing = rien
decide-nothing = Rien à décider : rien n'attend.
decide-adopted = Repris du modèle : { $elements }.
decide-kept = Gardé tel qu'il est ici : { $elements }.
decide-waiting = Attend encore : { $elements }.
translation-missing = manque
translation-stale-from = à revoir : les mots en { $from } ont changé
translation-old = à revoir
translation-summary = { $missing } à faire, { $stale } à revoir.

# What the document layer says: places, values, and why an edit is not made.

nothing = rien
label-of = { $label } de { $item }
label-row = ligne { $id } ({ $list })
label-paragraph = { $label } ({ $language }), paragraphe { $number }
label-paragraph-out = { $label } ({ $language }), un paragraphe retiré
change-confirmed = { $label }, confirmé : { $after }
change-settled = { $label } : tranché tel quel ({ $reason })
change-made = { $label } : { $before } → { $after }
change-made-note = { $label } : { $before } → { $after } ({ $note })
or = ou
value-more = { $count } de plus
value-retired = retiré
value-back = rétabli
path-empty = le chemin est vide
    .hint = nommez un champ, par exemple `country`
path-no-field = pas de champ `{ $name }`
path-no-field-at = pas de champ `{ $name }` dans `{ $place }`
path-no-item = pas d'élément `{ $name }` dans `{ $place }`
path-no-row = pas de ligne `{ $name }` dans `{ $place }`
path-no-language = pas de langue `{ $name }` dans `{ $place }`
path-known = il y a : { $list }
path-known-none = il n'y a encore rien
path-near = vouliez-vous dire `{ $near }` ? Il y a : { $list }
path-ambiguous = `{ $name }` désigne { $number } éléments dans { $place } : { $ids }
    .hint = écrivez un identifiant à la place du code, par exemple `{ $first }`
path-too-deep = `{ $place }` ne contient rien d'autre, donc `{ $name }` ne mène nulle part
    .hint = employez `{ $place }`
edit-unfit = { $path } ne peut pas contenir cela
edit-open = plusieurs valeurs coexistent à { $path }
    .hint = il y a désaccord ici : accord resolve DOC { $path } VALEUR --why TEXTE
edit-retired = { $path } est retiré
    .hint = rétablissez d'abord { $path } : accord reinstate DOC { $path } --why TEXTE
edit-moved = { $path } a changé depuis que cette version a été ouverte
    .hint = regardez-le tel qu'il est à présent et refaites la modification
edit-too-large = la modification est trop grande : { $size } caractères, et { $limit } au plus tiennent en une fois
edit-too-many = la modification est trop grande : { $items } éléments et { $values } valeurs, et au plus { $most } éléments et { $limit } valeurs tiennent en une fois
edit-split = faites-en plusieurs plus petites

# Why a document is not found, read or written.

documents-none = il n'y a pas encore de documents : accord new TYPE NOM
names-known = il y a : { $names }
names-more = il y a : { $names } et { $more } autres (accord list)
no-document = il n'y a pas de document « { $name } » ici
documents-alike = { $count } documents s'appellent « { $name } »
    .hint = désignez-en un par son identifiant : { $ids }
document-name = le nom d'un document est une ligne de texte, d'au plus 200 octets
no-kind = il n'y a pas de type de document nommé `{ $name }`
    .hint = il y a : { $names }
no-kind-near = il n'y a pas de type de document nommé `{ $name }`
    .hint = vouliez-vous dire { $near } ? Il y a : { $names }
text-errors =
    { $count ->
        [one] le texte a { $count } erreur
       *[other] le texte a { $count } erreurs
    }
text-error = ligne { $line } : { $message }
no-change = le document n'a pas de modification { $text }
    .hint = accord log montre ses modifications, chacune avec son identifiant ; les versions s'appellent v1, v2 et draft
change-ambiguous = { $text } ne désigne pas une seule modification
    .hint = donnez plus de chiffres de son identifiant, tel qu'accord log le montre
field-twice = le champ { $name } est donné deux fois
field-form = un champ a la forme CHAMP=VALEUR
version-unknown = la version modifiée n'est pas connue ici
    .hint = ouvrez à nouveau le document et modifiez cela
not-founded-write = le programme n'est pas encore fondé : un secrétariat n'a pas signé
    .hint = remettez-lui un ticket (accord invite) ; il entre avec : accord join TICKET
not-admitted = votre organisation n'est pas encore admise ; les deux secrétariats doivent le signer
    .hint = voyez où cela en est : accord status
only-reads = votre organisation lit dans ce programme, et n'écrit pas
    .hint = les deux secrétariats peuvent le changer : accord propose remove ORG, puis accord propose admit ORG
writes-not = votre organisation n'écrit pas dans l'espace { $name }
    .hint = les deux secrétariats peuvent le changer : accord propose grant ORG ESPACE --write
earlier-held-back = les modifications antérieures de cet appareil ne sont pas dans le document
    .hint = accord status montre ce qui est retenu, et pourquoi
kind-clash = deux versions { $version } différentes du type { $name } ont été ajoutées ; une seule compte, partout la même. Une version { $next } qui réunit les deux y met fin.
row-superseding = { $row }, à la place de la ligne { $id }
path-no-paragraph = pas de paragraphe `{ $name }` dans `{ $place }`
confirmed = confirmé
report-counted = Compté : { $version } pour { $names }.
