# How everything stands, and the node.

status-no-programme = { $me } ne participe encore à aucun programme.
status-no-programme-next = accord found NOM --with CARTE, ou accord join TICKET
status-organisations = Organisations
status-documents = Documents : { $count }
status-node-running = Nœud : en marche (processus { $pid })
status-node-listening = Nœud : en marche (processus { $pid }), à l'écoute sur { $addresses }
status-node-none = Nœud : arrêté ; les documents peuvent être lus et écrits ici, et les autres le recevront plus tard
you-secretariat = Vous êtes { $me }, l'un des deux secrétariats.
you-member = Vous êtes { $me }, un membre.
you-observer = Vous êtes { $me }, un observateur.
you-ended = Vous êtes { $me }. Votre organisation ne participe plus depuis la décision { $number }. Ce que vous avez reste lisible ; ce que vous écrivez reste ici.
you-waiting = Vous êtes { $me }. Votre admission attend la signature des deux secrétariats.
not-founded = Pas encore fondé : en attente de la signature de { $missing }.
in-conflict = En conflit
conflict-places =
    { $count ->
        [one] { $name } : { $count } endroit
       *[other] { $name } : { $count } endroits
    }
never-met = jamais rencontré
in-step = à jour
connected = connecté
connected-through = connecté par { $relay }
last-seen = vu { $when }
not-yet-there =
    { $count ->
        [one] { $count } modification
       *[other] { $count } modifications
    } pas encore là-bas
not-yet-here =
    { $count ->
        [one] { $count } modification
       *[other] { $count } modifications
    } pas encore ici
kept-apart = Mis à part : cela ne change rien
kept-apart-change = modification { $seq } de { $author } : { $reason }
kept-apart-change-of = modification { $seq } de { $author } à { $name } : { $reason }
waiting-heading = Attend quelque chose qui n'est pas encore ici
waiting-for =
    { $count ->
        [one] { $count } modification attend
       *[other] { $count } modifications attendent
    } { $what }
forks-heading = Deux histoires d'un même appareil : son dossier a été copié ou remis, ou sa clé est en d'autres mains
fork = { $author }, à partir de son entrée { $seq }, avec preuve
kind-secretariat = secrétariat
kind-member = membre
kind-observer = observateur
not-reached = { $organisation } : pas joint : { $why }
moved =
    { $sent ->
        [one] { $sent } entrée envoyée
       *[other] { $sent } entrées envoyées
    } et { $received ->
        [one] { $received } reçue
       *[other] { $received } reçues
    }.
sync-alone = Il n'y a encore personne d'autre dans le programme.
sync-nobody = Personne n'a été joint. Vos modifications sont gardées ici et partiront plus tard.
sync-all = À jour avec { $reached } : { $moved }
sync-some = À jour avec { $reached } : { $moved } Les autres le recevront plus tard.
sync-next = laissez tourner le nœud (accord node) : il continue d'essayer. accord status le dira.
node-stopped = Le nœud est arrêté. Les documents peuvent encore être lus et écrits ici ; les autres le recevront plus tard.
node-nowhere = Aucune adresse d'écoute n'est indiquée : le nœud n'écoute nulle part et ne fait que joindre les autres.
node-nowhere-next = Pour que d'autres le joignent : accord node --listen /ip4/0.0.0.0/tcp/4701
doctor-good = bon
doctor-note = note
doctor-bad = MAL

# Devices, keys and backups.

device-made = { $name } a une clé et un dossier dans { $home }, et demande à être un appareil de { $organisation } ({ $code }).
device-sees-nothing = Il ne voit rien avant que votre organisation ne l'ait certifié.
device-made-next = sur la machine qui a la clé racine : accord device add LIGNE. Cela donne un ticket ; ici : accord join TICKET.
device-already = { $name } est déjà un appareil de votre organisation.
device-added = { $name } est désormais un appareil de votre organisation : ce qu'il écrit est écrit en votre nom.
device-heard = Les autres l'apprendront quand vos nœuds se rencontreront. Personne n'a à le signer.
device-ticket = Le ticket mène à { $addresses }, où votre nœud doit tourner.
device-ticket-next = sur la nouvelle machine : accord join TICKET
device-no-ticket = il lui faut un ticket : lancez votre nœud (accord node --listen ADRESSE), puis accord invite.
this-device = cet appareil
device-revoked = révoqué { $when }
device-revoked-why = révoqué { $when } : { $why }
device-signs = signe les décisions
revoked = { $name } n'est plus un appareil de votre organisation, pour de bon.
revoked-nothing = Rien de ce qu'il a écrit ne compte.
revoked-kept =
    Ce qu'il a écrit et qui est ici reste ({ $count ->
        [one] { $count } entrée
       *[other] { $count } entrées
    }) ; tout ce qui vient encore de lui est mis à part partout.
revoked-cannot = Les documents qui sont sur la machine perdue ne peuvent pas être rappelés : qui l'a peut lire ce qui s'y trouvait.
revoked-alone = Personne d'autre ne participe encore.
revoked-told =
    { $count ->
        [one] { $told } l'apprend maintenant.
       *[other] { $told } l'apprennent maintenant.
    }
revoked-later =
    { $count ->
        [one] { $later } l'apprendra quand vos nœuds se rencontreront ; lancez bientôt accord sync.
       *[other] { $later } l'apprendront quand vos nœuds se rencontreront ; lancez bientôt accord sync.
    }
revoked-both =
    { $count ->
        [one] { $told } l'apprend maintenant, { $later } quand vos nœuds se rencontreront.
       *[other] { $told } l'apprennent maintenant, { $later } quand vos nœuds se rencontreront.
    }
revoked-signs = Il signait les votes de votre organisation. Les votes qu'il signe comptent jusqu'à ce qu'une nouvelle constitution nomme un autre appareil : convenez-en bientôt avec l'autre secrétariat.
sealed = Scellé : { $keys }.
sealed-warning = Qui copie le fichier a besoin aussi de la phrase. Personne ne peut la refaire : sans elle la clé est perdue.
sealed-next = le nœud la demande à son démarrage ; un service la lit dans ACCORD_PASSPHRASE_FILE.
sealed-root-next = les commandes qui prennent --root-key la demandent.
unsealed = N'est plus scellé : { $keys }. Qui peut lire le fichier peut employer la clé.
root-copied = Une copie de la clé racine est dans { $file }. Gardez-la là où seule votre organisation y a accès.
root-moved = La clé racine est maintenant dans { $file }, et n'est plus dans ce dossier.
root-new = La nouvelle clé racine est dans { $file }. Gardez-la comme vous gardiez l'ancienne.
root-new-means = Jusqu'à l'entrée en vigueur l'ancienne signe ; ensuite elle ne vaut plus rien, et les commandes qui demandent la clé racine demandent la nouvelle : --root-key FICHIER.
root-moved-means = Le travail de tous les jours s'en passe. Fonder, contresigner, les appareils et les clés racines la demandent : --root-key FICHIER.
root-next = scellez-la par une phrase secrète : accord key seal --root-key { $file }
backed-up = { $entries } sont dans { $file }.
backed-up-keys = Il ne contient aucune clé ; qui a le fichier peut lire les documents. Gardez la clé racine ailleurs : accord key export FICHIER.
backed-up-next = pour en refaire un dossier, sur n'importe quelle machine : accord restore FICHIER --name NOM
restored = { $entries } sont de retour dans { $home }, état { $when }.
restored-device = { $name } est un nouvel appareil de { $code } : il ne continue jamais comme celui qui a fait la sauvegarde.
restored-certified = Il est certifié. Si l'ancien appareil est perdu, révoquez-le : accord device revoke NOM --why TEXTE
restored-certified-next = demandez un ticket à un partenaire (accord invite), puis accord join TICKET : ce qui est venu depuis reviendra.
restored-next = là où est la clé racine : accord device add LIGNE. Cela donne un ticket ; ici : accord join TICKET.
waits-for-you = Attend votre réponse
kept-apart-more =
    et { $count ->
        [one] { $count } autre modification
       *[other] { $count } autres modifications
    }
kept-counted = Compté tout de même : d'autres ont bâti dessus avant de pouvoir savoir
versions = Versions
no-version = { $name } : pas encore de version

# The desk: what a person sees who gives no command.

takes-no-part = { $me } ne participe encore à aucun programme
desk-you = { $programme } (vous êtes { $code })
desk-signature = Attend votre signature
desk-lacking = Pas encore partout
desk-waiting = Attend quelque chose qui n'est pas encore ici
desk-look = À regarder
desk-documents =
    { $count ->
        [one] { $count } document est
       *[other] { $count } documents sont
    } ici
desk-more = et { $count } de plus
desk-unsigned-you = Pas encore fondé : votre signature manque
desk-unsigned = Pas encore fondé : la signature de { $who } manque
desk-unsigned-do = accord invite, et remettez le ticket
desk-ended = Votre organisation ne participe plus
desk-admission = Votre admission attend la signature des deux secrétariats
desk-since = Changé depuis votre dernier regard, { $when }
desk-decided = Décidé depuis votre dernier regard
desk-settled = { $number }  { $sentence } : { $status }
desk-new = { $name } : nouveau, par { $by }
desk-changed = { $name } : { $changes } par { $by }
desk-apart = { $changes } de { $author } : { $reason }
desk-apart-of = { $changes } de { $author } à { $name } : { $reason }
desk-fork = { $author } a deux histoires, à partir de son entrée { $seq }
desk-calm-alone = Rien ne vous attend.
desk-calm-one = Rien ne vous attend, et { $who } a tout ce qui est ici.
desk-calm = Rien ne vous attend, et { $who } ont tout ce qui est ici.
desk-disagreed = { $name } : les secrétariats ont signé ou refusé différemment
