# Decisions.

no-decisions = Il n'y a pas encore de décisions.
no-open-decisions = Aucune décision n'est ouverte.
read-and-sign = lisez-la et signez : accord sign { $number }
waits-for-you-to-sign = attend votre signature
waits-for = attend { $who }
decision-open = ouverte
decision-in-force = en vigueur
decision-dead = close : refusée, ou signée autrement
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
now-in-force-all = Tous ceux dont il faut la signature ont signé : elle est en vigueur désormais.
now-in-force = Tous les secrétariats ont signé : elle est en vigueur désormais.
still-waits = Elle attend la signature de { $who }.
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
version-not-whole = , qui n'est pas encore entière ici
version-alarm = attention : { $alarm }
no-version-agreed = aucune version convenue :
several-put-up = plusieurs états sont proposés ; un seul peut devenir la version :
put-up-signed = signée par { $who }
put-up-refused = refusée par { $who }
put-up-waits = en attente de { $who }
put-up-nobody = signée par personne
put-up-since =
    { $count ->
        [one] ; 1 modification depuis n'est pas dans { $label }
       *[other] ; { $count } modifications depuis ne sont pas dans { $label }
    }
put-up-not-whole =  ; pas encore entière ici
put-up-decision = (accord decision { $number })
ratify-before = { $name } a déjà été proposé tel quel comme { $label }, dans la décision { $number }.
ratify-put-up = { $name }, dans son état présent, est proposé comme { $label } : décision { $number }.
ratify-waits = Les deux secrétariats doivent la signer ; elle attend { $who }. Ce qui change désormais n'est pas dans { $label }.
going-to = En route vers { $who }.
heard-later = { $who } l'apprendra à la prochaine connexion.
version-signed = Signée par { $who } le { $time } (décision { $number }).
version-differs = { $changes } depuis : voyez les différences avec accord diff { $name } { $label } draft
