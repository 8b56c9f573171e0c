# Decisions.

no-decisions = Il n'y a pas encore de décisions.
no-open-decisions = Aucune décision n'est ouverte.
read-and-sign = lisez-la et signez : accord sign { $number }
waits-for-you-to-sign = attend votre signature
waits-for = attend { $who }
decision-open = ouverte
decision-in-force = en vigueur
decision-dead = tranchée : refusée, ou signée autrement
decision-superseded = une autre décision a pris sa place
sign-or-refuse = accord sign { $number }, ou accord refuse { $number } --why TEXTE
at-time = { $ago } ({ $time })
proposed-by = proposée par { $who }, { $when }
decision-objection = En l'état elle ne changerait rien : { $why }.
decision-rivals = Proposé sur le même sujet :
signed-by = signée par { $who }
decision-choices = La suite :
vote-signed = a signé
vote-refused = a refusé
vote-other = a signé une autre décision à la place
vote-none = n'a pas encore signé
sign-again = Pour signer, retapez son numéro :
numbers-differ = les numéros diffèrent ; rien n'a été signé
    .hint = relisez-la : accord decision { $number }
you-signed = Vous avez signé : { $sentence }
you-refused = Vous avez refusé : { $sentence }
now-in-force-without = { $who } ont signé, ce que la fondation demande là où { $lost } est perdu : elle est en vigueur désormais.
now-in-force = Tous les secrétariats ont signé : elle est en vigueur désormais.
still-waits = Signature encore attendue : { $who }.
not-in-force = Elle n'est pas en vigueur.
proposed-before = C'est déjà proposé ; rien n'a été ajouté.
proposed = Proposé. Rien n'est encore signé ; cela ne change rien avant d'être en vigueur.
proposed-both = accord sign { $number } ; l'autre secrétariat aussi.
proposed-one = { $who } signe avec : accord sign { $number }
proposed-others = { $who } signent avec : accord sign { $number }

# Versions that were ratified.

since-version =
     ; { $count ->
        [one] { $count } modification
       *[other] { $count } modifications
    } depuis
changes-since =
    { $count ->
        [one] 1 modification faite depuis dans { $name } n'est pas dans { $label } ; elle reste dans le brouillon.
       *[other] { $count } modifications faites depuis dans { $name } ne sont pas dans { $label } ; elles restent dans le brouillon.
    }
changes-since-unknown = { $label } de { $name } n'est pas encore entière ici : impossible de dire ce qui est venu ensuite ; accord sync va chercher le reste.
version-not-whole = , qui n'est pas encore entière ici
version-alarm = attention : { $alarm }
no-version-agreed = aucune version convenue :
several-put-up = plusieurs états sont soumis ; un seul peut devenir la version :
put-up-signed = signée par { $who }
put-up-refused = refusée par { $who }
put-up-waits = signature attendue : { $who }
put-up-nobody = signée par personne
put-up-since =
    { $count ->
        [one] ; 1 modification depuis n'est pas dans { $label }
       *[other] ; { $count } modifications depuis ne sont pas dans { $label }
    }
put-up-not-whole =  ; pas encore entière ici
put-up-decision = (accord decision { $number })
ratify-before = { $name } a déjà été soumis tel quel pour devenir { $label }, dans la décision { $number }.
ratify-put-up = { $name }, dans son état présent, est soumis pour devenir { $label } : décision { $number }.
ratify-waits = Les deux secrétariats doivent la signer ; elle attend { $who }. Ce qui change désormais n'est pas dans { $label }.
going-to = En route vers { $who }.
heard-later = Transmission à { $who } dès la prochaine connexion.
version-signed = Signée par { $who } le { $time } (décision { $number }).
version-differs = { $changes } depuis : voyez les différences avec accord diff { $name } { $label } draft

# What a decision would change: its title.

decision-nothing = Ne rien changer
decision-admit = Admettre { $name } ({ $code }) comme { $kind }
decision-remove = Retirer { $who }
decision-open-space = Ouvrir l'espace { $name }
decision-rename-space = Renommer l'espace « { $space } » en « { $name } »
decision-let-write = Laisser { $who } lire et écrire dans l'espace { $space }
decision-let-read = Laisser { $who } lire dans l'espace { $space }
decision-take-all = Retirer à { $who } tout accès à l'espace { $space }
decision-take-write = Retirer à { $who } l'écriture dans l'espace { $space }
decision-freeze = Figer { $document } comme { $label }
decision-root = Remplacer la clé racine de l'organisation { $who }
decision-secretariat = Nommer secrétariat { $name } ({ $code })
decision-signing = Faire signer { $who } d'un autre appareil
decision-drop = Retirer à { $who } le rôle de secrétariat
decision-guard = Juger toutes les modifications par la règle { $to }
decision-recover = Remédier à la perte du secrétariat { $who }
decision-newer = Une décision d'un type que connaît une version plus récente d'accord

# What it means.

admits-observer = { $code } reçoit tous les documents du programme, et n'écrit rien.
admits-member = { $code } reçoit tous les documents du programme, et ses modifications ultérieures sont prises en compte.
admits-node = Son nœud est celui de l'appareil { $device }.
admits-no-sign = Elle ne peut pas signer de décisions ; il faut être un secrétariat.
removes-nothing-more = { $code } ne reçoit plus rien dès lors. Ce qu'elle a, elle le garde : cela ne peut pas être rappelé.
removes-access = Son accès à tous les espaces prend fin, et ne revient pas si elle est admise à nouveau.
space-writers = { $who } y lisent et écrivent.
space-readers = { $who } le lisent seulement.
space-secretariats = Les deux secrétariats le lisent, comme tout espace partagé.
freezes = { $label } du document { $name } reste telle quelle pour toujours, la même dans chaque organisation.
freezes-on = { $name } peut encore être modifié ; cela n'est pas dans { $label }.
