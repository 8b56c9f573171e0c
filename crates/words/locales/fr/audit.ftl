# Audits: who did what, and files that prove it.

audit-compare-id = comparez l'identifiant du programme : accord status --json le montre
audit-name-one = nommez un seul document : accord audit DOCUMENT --export FICHIER
audit-newer = a-t-il été écrit avec accord audit --export, par une version plus récente ?
audit-ask-again = il ne prouve rien ; demandez-en un nouveau (accord audit --export FICHIER)
audit-changes-missing = il en manque des modifications
audit-change-malformed = une de ses modifications est mal formée à l'intérieur
audit-content-differs = ses modifications donnent un autre contenu que celui qui a été signé
did-found = a signé la fondation du programme « { $name } »
did-add-device = a ajouté un appareil ({ $device })
did-revoke = a mis fin à son appareil { $device }
did-propose = a proposé { $what }
did-sign = a signé { $what }
did-refuse = a refusé { $what } : { $why }
did-learn =
    { $count ->
        [one] déclare connaître désormais { $count } décision ou appareil
       *[other] déclare connaître désormais { $count } décisions et appareils
    }
did-newer = a écrit quelque chose qu'une version plus récente d'accord sait lire
did-begin = a commencé { $name }, de type { $kind }
did-change = a modifié { $name }
did-change-nothing = a modifié { $name }, mais rien de visible
did-change-this = a modifié { $name } : { $what }
did-change-places =
    { $count ->
        [one] a modifié { $name } en { $count } endroit
       *[other] a modifié { $name } en { $count } endroits
    }
did-change-times = a modifié { $name } { $count } fois
what-is-not-here = ce qui n'est pas encore ici
decision-not-here = { $number }, qui n'est pas encore ici
it-waits-for = elle attend { $what }

audit-older =
    { $count ->
        [one] { $count } acte plus ancien est omis ; il est dans ce qu'écrit --export.
       *[other] { $count } actes plus anciens sont omis ; ils sont dans ce qu'écrit --export.
    }
audit-times = Les heures sont celles qu'indiquent les auteurs ; entre crochets, la place dans le journal de l'auteur.
audit-next = prouvez-le à d'autres : accord audit { $document }--export FICHIER
audit-built-knowing = sur la base de ce que { $on } a écrit, sachant que cela ne compte plus
changes-nothing = ne change rien : { $why }
audit-about = toutes les décisions, et tout ce qui a été écrit dans { $name }
audit-about-decisions = toutes les décisions
audit-wrote = { $file } est écrit : { $about } ({ $entries }).
audit-who-has-it = Qui l'a, avec l'identifiant du programme, peut le vérifier, et lire ce qu'il contient.
audit-check-there = là-bas : accord audit --check { $file } --programme { $programme }
counted-devices =
    { $count ->
        [one] { $count } appareil
       *[other] { $count } appareils
    }
proof-founded = Fondé par { $who } ; les deux signatures sont valables.
proof-decisions =
    { $count ->
        [one] Décisions : { $entries } de { $devices }, chacune signée par son auteur ; { $count } décision est en vigueur, signée par chaque secrétariat.
       *[other] Décisions : { $entries } de { $devices }, chacune signée par son auteur ; { $count } décisions sont en vigueur, signées par chaque secrétariat.
    }
proof-ignored =
    { $count ->
        [one] Parmi celles-ci, { $count } entrée ne compte pas : son auteur n'avait pas le droit de dire ce qu'elle dit.
       *[other] Parmi celles-ci, { $count } entrées ne comptent pas : leur auteur n'avait pas le droit de dire ce qu'elles disent.
    }
proof-twice = { $who } a signé deux choses qui s'excluent.
proof-document = Document { $id }
proof-changes-by = { $count } par { $who }
proof-changes = Modifications, chacune signée par son auteur : { $changes }.
proof-apart =
    { $count ->
        [one] Parmi celles-ci, { $count } modification a été écrite là où elle ne compte pas par elle-même.
       *[other] Parmi celles-ci, { $count } modifications ont été écrites là où elles ne comptent pas par elles-mêmes.
    }
proof-version = { $label } : signé par { $who } ; ses { $changes } donnent exactement ce qui a été signé.
proof-no-version = Aucune version n'en a été ratifiée.
proof-holds = Tout est valable. Ce qui a été écrit plus tard, ou omis à la fin d'un journal, aucun fichier ne peut le montrer.
