# How everything stands, and the node.

status-no-programme = { $me } ne participe encore à aucun programme.
status-no-programme-next = accord found NOM --with CARTE, ou accord join TICKET
status-organisations = Organisations
status-documents = Documents : { $count }
status-node-running = Nœud : en marche (processus { $pid })
status-node-listening = Nœud : en marche (processus { $pid }), à l'écoute sur { $addresses }
status-node-none = Nœud : arrêté ; les documents peuvent être lus et écrits ici, et les autres recevront les modifications plus tard
status-engine = Stockage : { $engine }
you-secretariat = Vous êtes { $me }, l'un des deux secrétariats.
you-member = Vous êtes { $me }, un membre.
you-observer = Vous êtes { $me }, un observateur.
you-ended = Vous êtes { $me }. Votre organisation ne participe plus depuis la décision { $number }. Ce que vous avez reste lisible ; ce que vous écrivez reste ici.
you-waiting = Vous êtes { $me }. Votre admission attend la signature des deux secrétariats.
not-founded = Pas encore fondé : signature attendue de la part du secrétariat { $missing }.
in-conflict = En conflit
conflict-places =
    { $count ->
        [one] { $name } : { $count } endroit
       *[other] { $name } : { $count } endroits
    }
never-met = aucun contact à ce jour
in-step = à jour
connected = en ligne
connected-through = en ligne, par { $relay }
last-seen = dernier contact { $when }
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
kept-apart = En quarantaine : cela ne change rien
kept-apart-change = modification { $seq }, par { $author } : { $reason }
kept-apart-change-of = modification { $seq } dans { $name }, par { $author } : { $reason }
waiting-heading = Attend quelque chose qui n'est pas encore ici
waiting-for =
    { $count ->
        [one] { $count } modification attend
       *[other] { $count } modifications attendent
    } { $what }
forks-heading = Deux histoires d'un même appareil : son dossier a été copié ou restauré, ou sa clé est en d'autres mains
fork = { $author }, à partir de son entrée { $seq }, avec preuve
kind-secretariat = secrétariat
kind-member = membre
kind-observer = observateur
not-reached = impossible de joindre { $organisation } : { $why }
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
sync-some = À jour avec { $reached } : { $moved } Les autres recevront les modifications plus tard.
sync-next = laissez tourner le nœud (accord node) : il continue d'essayer. accord status le dira.
node-stopped = Le nœud est arrêté. Les documents peuvent encore être lus et écrits ici ; les autres recevront les modifications plus tard.
node-nowhere = Aucune adresse d'écoute n'est indiquée : le nœud n'écoute nulle part et ne fait que joindre les autres.
node-nowhere-next = Pour que d'autres le joignent : accord node --listen /ip4/0.0.0.0/tcp/4701
doctor-good = bon
doctor-note = à noter
doctor-bad = GRAVE

# Devices, keys and backups.

device-made = { $name } a une clé et un dossier dans { $home }, et demande à être un appareil de l'organisation { $organisation } ({ $code }).
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
    }) ; tout ce qui vient encore de lui est mis en quarantaine partout.
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
compact-packing = mises en lots : { $done } entrées sur { $total }
compact-copying = copie de ce qui sert encore
compacted-less = Le stockage occupait { $before } sur le disque et en occupe { $after } : { $back } ont été rendus.
compacted-same = Le stockage occupait { $before } sur le disque et en occupe { $after } : il n'y avait rien à rendre.
compacted-packed = Désormais en lots, et lues comme avant : { $entries }.
compacted-moved = Il était écrit par { $from } ; il l'est désormais par { $engine }.
size-kilobytes = { $size } ko
size-megabytes = { $size } Mo
backed-up = { $entries } sont dans { $file }.
backed-up-cut = { $logs ->
    [one] Un journal s'y arrête plus tôt
   *[other] { $logs } journaux s'y arrêtent plus tôt
    }, avant une entrée perdue sur ce disque. Quand elle sera revenue, faites-en une autre.
bundle-made-cut = { $logs ->
    [one] Un journal s'y arrête plus tôt
   *[other] { $logs } journaux s'y arrêtent plus tôt
    }, avant une entrée perdue sur ce disque.
backed-up-keys = Il ne contient aucune clé ; qui a le fichier peut lire les documents. Gardez la clé racine ailleurs : accord key export FICHIER.
backed-up-next = pour en refaire un dossier, sur n'importe quelle machine : accord restore FICHIER --name NOM
restored = { $entries } sont de retour dans { $home }, état { $when }.
restored-device = { $name } est un nouvel appareil de l'organisation { $code } : il ne continue jamais comme celui qui a fait la sauvegarde.
restored-certified = Il est certifié. Si l'ancien appareil est perdu, révoquez-le : accord device revoke NOM --why TEXTE
restored-certified-next = demandez un ticket à un partenaire (accord invite), puis accord join TICKET : ce qui est venu depuis reviendra.
restored-next = là où est la clé racine : accord device add LIGNE. Cela donne un ticket ; ici : accord join TICKET.
waits-for-you = Attend votre réponse
kept-apart-more =
    et { $count ->
        [one] { $count } autre modification
       *[other] { $count } autres modifications
    }
kept-counted = Compté tout de même : d'autres s'en sont servis avant de pouvoir savoir
knowing-heading = Fondé, en connaissance de cause, sur ce qui ne compte plus
knowing-line = { $author } : { $changes } dans { $name }, sur ce que { $on } a écrit
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
desk-unsigned = Pas encore fondé : il manque la signature du secrétariat { $who }
desk-unsigned-do = accord invite, et remettez le ticket
desk-ended = Votre organisation ne participe plus
desk-admission = Votre admission attend la signature des deux secrétariats
desk-since = Changé depuis votre dernier regard, { $when }
desk-decided = Décidé depuis votre dernier regard
desk-settled = { $number }  { $sentence } : { $status }
desk-new = { $name } : nouveau, par { $by }
desk-changed = { $name } : { $changes } par { $by }
desk-apart = { $changes } par { $author } : { $reason }
desk-apart-of = { $changes } dans { $name }, par { $author } : { $reason }
desk-fork = { $author } a deux histoires, à partir de son entrée { $seq }
desk-calm-alone = Rien ne vous attend.
desk-calm-one = Rien ne vous attend, et { $who } a tout ce qui est ici.
desk-calm = Rien ne vous attend, et { $who } ont tout ce qui est ici.
desk-disagreed = { $name } : les secrétariats ont signé ou refusé différemment

doctor-home-good = { $path } n'est accessible qu'à son propriétaire
doctor-device-sealed = la clé de l'appareil est scellée par une phrase secrète
doctor-device-unsealed = la clé de l'appareil n'est accessible qu'à son propriétaire, et n'est pas scellée
doctor-root-elsewhere = la clé racine n'est pas dans ce dossier
doctor-root-sealed = la clé racine est dans ce dossier, scellée par une phrase secrète
doctor-root-open = la clé racine est dans ce dossier : qui prend cette machine peut ajouter et révoquer des appareils en votre nom
doctor-root-open-mend = accord key move-root FICHIER la déplace sur une clé USB ; accord key seal la scelle par une phrase secrète
doctor-root-old = la clé racine de ce dossier a été remplacée, et ne signe plus rien
doctor-root-old-mend = supprimez root.key du dossier ; la clé actuelle s'emploie avec --root-key FICHIER
doctor-put-back = remettez-le à partir d'une sauvegarde
doctor-disk-unseen = impossible de voir combien de place il reste : { $why }
doctor-disk-unseen-mend = examinez le disque
doctor-disk-free = { $megabytes } Mo sont libres
doctor-disk-bad = { $megabytes } Mo sont libres : bientôt plus rien ne pourra être enregistré
doctor-disk-bad-mend = faites de la place ; rien de ce qui a été enregistré n'est perdu
doctor-disk-small-mend = faites bientôt de la place
doctor-store-good = les données peuvent être lues et écrites, par { $engine }
doctor-revoked = cet appareil ({ $name }) a été révoqué par votre organisation ({ $why }) : ce qu'il écrit ne compte plus nulle part
doctor-revoked-mend = si c'est une erreur : accord device init dans un nouveau dossier, puis accord device add là où est la clé racine
doctor-no-part = votre organisation ne participe pas encore
doctor-uncertified = cet appareil n'est pas encore certifié : il ne voit rien, et ce qu'il écrit ne compte nulle part
doctor-uncertified-mend = sur la machine qui a la clé racine : accord device add LIGNE ; puis ici : accord join TICKET
doctor-certified = cet appareil ({ $name }) est certifié
own-fork = Le dossier de cet appareil est en service deux fois : deux copies ont écrit dans l'espace { $space }, à partir de l'entrée { $seq }. Cela arrive quand un dossier est copié, ou une machine remise à un jour antérieur. Rien n'est perdu, et les deux histoires sont gardées ; cette copie n'y écrit plus rien
own-fork-mend = continuez avec une seule des deux copies, comme nouvel appareil : accord backup FICHIER là-bas, puis accord restore FICHIER dans un nouveau dossier ; mettez l'autre copie de côté
doctor-own-log-good = tout ce que cet appareil a signé est ici
home-behind = Ce dossier est plus ancien que ce que cet appareil a écrit ({ $held } entrées sur { $signed } sont ici), comme après la remise d'une sauvegarde. Rien n'est perdu : les autres ont le reste. Il n'écrit rien avant de l'avoir récupéré
home-behind-mend = accord sync --wait 60 le reprend chez les autres ; si personne ne l'a : accord backup FICHIER, puis accord restore FICHIER dans un nouveau dossier, ce qui fait un nouvel appareil
home-returned =
    { $count ->
        [one] Ce dossier était plus ancien que ce que cet appareil avait écrit, comme après la remise d'une copie. { $count } entrée est revenue de chez les autres, et il continue d'écrire après elle.
       *[other] Ce dossier était plus ancien que ce que cet appareil avait écrit, comme après la remise d'une copie. { $count } entrées sont revenues de chez les autres, et il continue d'écrire après elles.
    } Il n'y a rien à faire ; pour remettre quelque chose, employez accord backup FICHIER et accord restore FICHIER.
doctor-forks-good = aucun autre appareil n'a deux histoires
doctor-fork = { $who }, à partir de l'entrée { $seq } dans { $space }
doctor-forks = deux histoires d'un même appareil sont connues, avec preuve : { $list }. Son dossier a été copié ou remis, ou sa clé est en d'autres mains ; ce dont personne ne s'est servi attend
doctor-forks-mend = demandez-leur laquelle des deux continue ; si la clé a été volée, ils révoquent l'appareil : accord device revoke
doctor-votes-good = aucun secrétariat n'a voté deux fois au même endroit
doctor-votes = deux votes sur une même chose ont été signés, avec preuve, par { $codes } : aucun des deux ne compte seul
doctor-votes-own = votre organisation a voté deux fois sur une même chose, avec sa propre clé, comme il arrive quand le dossier de l'appareil qui signe est copié. Les autres ont la preuve des deux votes, et aucun des deux ne compte seul
doctor-votes-own-mend = dites à l'autre secrétariat lequel vous voulez ; continuez avec une seule copie du dossier ; votez à nouveau : accord decisions --all
doctor-votes-mend = demandez ce qui s'est passé, et si leur clé a été copiée ; votez à nouveau : accord decisions
doctor-quarantine-good = rien n'est en quarantaine
doctor-quarantine =
    { $count ->
        [one] { $count } modification est en quarantaine, et ne change rien
       *[other] { $count } modifications sont en quarantaine, et ne changent rien
    }
doctor-quarantine-mend = accord status dit lesquelles, et pourquoi
notice-revoked = Cet appareil a été révoqué par votre organisation ({ $why }) : ce qu'il écrit ne compte plus nulle part.
notice-rule = Depuis une décision, les modifications sont jugées par la règle { $rule }, que cette version d'accord ne connaît pas. Aucun document n'est montré ni modifié ici avant sa mise à jour ; rien n'est perdu : ce que les autres écrivent est gardé et transmis.
notice-to-do = { $what }. Que faire : { $mend }.
notice-twice = { $code } a voté deux fois sur une même chose : demandez-lui ce qui s'est passé, et si sa clé a été copiée.
notice-twice-own = Votre organisation a voté deux fois sur une même chose, avec sa propre clé. Cela arrive quand le dossier de l'appareil qui signe est copié, ou quand une machine est ramenée à un jour passé. Les autres voient les deux votes. Que faire : dites à l'autre secrétariat lequel vous voulez ; continuez avec une seule copie, comme le dit accord doctor ; votez à nouveau : accord decisions --all.
waits-founding = les deux signatures sous la fondation
waits-decisions = les décisions que connaissait l'auteur
waits-change = une modification antérieure
waits-branch = de savoir laquelle des deux histoires de l'auteur vaut
doctor-about-home = dossier
doctor-about-keys = clés
doctor-about-disk = disque
doctor-about-store = données
doctor-about-entries = entrées
doctor-about-ports = adresses
doctor-about-reachability = joignabilité
doctor-about-clock = horloge
doctor-about-rule = règle
doctor-about-partners = autres
doctor-about-node = nœud
doctor-about-devices = appareils
doctor-about-own-log = journal propre
doctor-about-forks = doubles histoires
doctor-about-votes = votes
doctor-about-quarantine = quarantaine
author-unknown = auteur inconnu
first-device = premier appareil
kind-unknown = type inconnu

# Devices that have no part any more.

device-ended = votre organisation a mis fin à cet appareil : { $why }
    .hint = ce qui est ici reste lisible ; un appareil qui resservira reçoit une nouvelle clé : accord device init dans un nouveau dossier
device-surplus = votre organisation a certifié plus de { $most } appareils, et celui-ci n'est plus pris
    .hint = ce qui est ici reste lisible ; continuez d'un autre appareil de votre organisation
devices-all = votre organisation a certifié { $most } appareils au fil des ans, et il n'en est plus pris
    .hint = servez-vous d'un de ceux qu'elle a : accord device list
