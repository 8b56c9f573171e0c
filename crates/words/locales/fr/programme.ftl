# Organisations, the founding of a programme, and who takes part.

home-made = { $name } ({ $code }) a ses clés et un dossier pour ses documents dans { $home }.
home-root-apart = La clé racine est seulement dans { $file } : gardez-la hors ligne. Qui la perd ne peut plus ajouter ni révoquer d'appareils.
home-keys = Personne d'autre n'a ces clés. Gardez le dossier pour vous, et n'en faites tourner aucune copie.
home-next = remettez votre carte à l'autre secrétariat (accord card), ou entrez avec un ticket (accord join TICKET).
founded = { $name } est préparé et signé par vous.
founded-waits = Il existera quand { $other } aura signé aussi ; d'ici là rien ne peut y être écrit.
founded-next = lancez votre nœud (accord node --listen ADRESSE), puis remettez un ticket (accord invite).
ticket-once = Une organisation peut employer ce ticket, une fois. Il expire { $when } ({ $time }).
ticket-leads = Il mène à { $addresses }, où votre nœud doit tourner.
ticket-next = l'autre organisation lance : accord join TICKET
join-unconfirmed = l'entrée dans un programme doit être confirmée
    .hint = lancez la commande dans un terminal pour voir le programme avant, ou dites --yes
join-ask = Continuer ? [o/N]
join-not = Rien n'a été signé ni envoyé.
join-secretariats = Secrétariats : { $names }
join-means-countersign = Vous êtes l'autre secrétariat : avec votre signature le programme commence, et dès lors toute décision demande les deux signatures.
join-means-ask = Vous demandez à être admis. Les deux secrétariats doivent signer avant que vous voyiez un document.
join-means-member = Vous participez déjà.
join-means-device = Votre organisation participe, et ceci en est un appareil de plus.
joined-signed = Vous avez signé. { $name } existe désormais, avec les deux signatures.
joined-undelivered = L'autre secrétariat ne le sait pas encore ; il l'apprendra quand vos nœuds se rencontreront.
joined-next = lancez votre nœud (accord node --listen ADRESSE).
asked-delivered = Vous avez demandé à être admis dans { $name }. Votre demande est remise.
asked-kept = Vous avez demandé à être admis dans { $name }. Votre demande est gardée, et sera remise quand votre nœud rencontrera le leur.
asked-waits = Les deux secrétariats doivent signer ; d'ici là vous ne voyez aucun document.
asked-next = lancez votre nœud (accord node --listen ADRESSE) et regardez accord status.
device-joined = Cet appareil participe désormais à { $name }, pour votre organisation.
device-joined-all = Tout ce que votre organisation peut lire est ici.
device-joined-part = Tout n'est pas encore ici : le reste viendra quand votre nœud tournera.
device-joined-next = lancez aussi le nœud de cet appareil (accord node --listen ADRESSE).
joined-already = Vous participez déjà à { $name }. Rien n'a été changé.
organisations-next = accord spaces montre qui lit et écrit quoi
you = , vous
since-founding = { $kind } depuis la fondation
since-decision = { $kind } depuis la décision { $number }{ $day }
ended-decision = ne participe plus depuis la décision { $number }{ $day }
ended = ne participe plus
of-day = du { $day }
spaces-next = accord propose space NOM --write ORG,ORG, ou accord propose grant ORG ESPACE
space-before =
    { $count ->
        [one] { $count } document
       *[other] { $count } documents
    } d'avant ; vous ne le lisez plus
space-unread = vous ne le lisez pas
nobody-writes = personne n'écrit
one-writes = { $who } écrit
many-write = { $who } écrivent
one-reads = { $who } lit
many-read = { $who } lisent
