# What a proposal, a signature or a version is refused for.

refusal-needs-reason = un refus vaut pour toujours, et demande une raison
no-decision = il n'y a pas de décision { $number }
    .hint = voyez-les avec : accord decisions --all
decisions-alike = { $count } décisions ont le numéro { $number }
    .hint = nommez-en une par le début de son identifiant : { $ids }
part-ended-by = votre organisation ne participe plus depuis la décision { $number }
    .hint = ce que vous avez reste lisible ; accord decision { $number } montre qui l'a décidé, et un secrétariat peut proposer de vous admettre à nouveau
decision-unknown = il n'y a pas de telle décision
ratify-private = { $name } est dans votre espace privé, que l'autre secrétariat ne peut pas lire
    .hint = seul ce que les deux secrétariats lisent peut être ratifié ; copiez-le : accord new TYPE NOM
ratify-no-part = votre organisation ne participe pas encore au programme
    .hint = accord status montre ce qu'elle attend
ratify-not-ready = { $name } ne peut pas être soumis : { $why }
    .hint = faites-y une modification, qui réunit ce qui a été écrit en même temps, puis réessayez
ratify-signed-another = votre organisation a signé { $label } du document { $name }, soumise dans { $number }, et n'en signe pas une seconde à côté
    .hint = l'autre secrétariat la signe (et ceci pourra devenir la version suivante), ou la refuse : accord refuse { $number } --why TEXTE
ratify-before-not-whole = { $label } du document { $name } n'est pas entière ici, et la version suivante doit la contenir
    .hint = récupérez-la auprès des autres : accord sync ; accord status dit si quelque chose ne va pas
ratify-leaves-out = { $name } tel qu'il est ici omet des modifications que { $label } contient
    .hint = récupérez-les auprès des autres : accord sync
ratify-unchanged = { $name } n'a pas changé depuis { $label } ; il n'y a rien à ratifier
sign-before-not-whole = { $last } du document { $name } n'est pas entière ici, si bien que personne ne peut dire si { $label } la contient
    .hint = récupérez-la auprès des autres : accord sync
sign-not-whole = l'état du document { $name } soumis comme { $label } n'est pas entier sur cet appareil
    .hint = récupérez-le auprès des autres : accord sync
put-up-not-here = l'état soumis n'est pas encore ici
    .hint = récupérez-le auprès des autres : accord sync
put-up-not-shown = l'état soumis ne peut pas être montré ici
no-such-version = { $name } n'a pas de version { $label }
version-not-here = { $label } du document { $name } est ratifiée, mais n'est pas encore entière ici
    .hint = récupérez-la auprès des autres : accord sync
version-not-shown = { $label } du document { $name } ne peut pas être montrée : { $why }
    .hint = demandez aux deux secrétariats ce qu'ils ont signé ; ils peuvent ratifier le document à nouveau
not-a-version-name = { $version } n'est pas le nom d'une version
    .hint = les versions s'appellent v1, v2… ; le brouillon est ce que accord show DOCUMENT montre
propose-not-founded = le programme n'est pas encore fondé : un secrétariat n'a pas signé
    .hint = voyez où cela en est : accord status
propose-not-admitted = votre organisation n'est pas encore admise ; les deux secrétariats doivent signer
propose-no-effect = cela n'aurait aucun effet : { $why }
    .hint = voyez qui participe et qui lit quoi : accord organisations, accord spaces
rule-already = les modifications sont déjà jugées par la règle { $number }
rule-unknown = cette version d'accord ne connaît pas la règle { $number }
    .hint = mettez-la d'abord à jour ; tous les autres nœuds en ont besoin aussi
code-taken = une autre organisation a déjà le code { $code }
    .hint = on ne pourrait pas les distinguer ; elle crée un nouveau dossier avec un autre code
space-without-writers = personne ne pourrait écrire dans cet espace
    .hint = dites qui écrit : --write ORG,ORG (et lit donc aussi) ; et qui lit seulement : --read ORG
observer-only-reads = { $organisation } est observateur, et lit seulement
    .hint = retirez-la et admettez-la comme membre pour qu'elle écrive
grant-does-not-write = { $organisation } n'écrit pas dans cet espace
grant-no-access = { $organisation } n'a pas accès à cet espace
    .hint = voyez qui lit et écrit quoi : accord spaces
nobody-replaces = la fondation ne nomme personne qui pourrait remplacer un secrétariat perdu
    .hint = sans cela toute décision demande les deux signatures ; fondez un nouveau programme
decision-still-open = { $number } est encore ouverte
    .hint = voyez quelle signature manque : accord decision { $number }
decision-in-force-already = { $number } est déjà en vigueur
decision-place-taken = une autre décision tient la place de { $number }
    .hint = voyez laquelle : accord decision { $number }
secretariat-already = { $code } est déjà un secrétariat
only-secretariat-replaced = seul un secrétariat peut être remplacé
    .hint = voyez qui participe : accord organisations
no-organisation = il n'y a pas d'organisation « { $name } » dans le programme
    .hint = il y a : { $codes }
organisations-alike = plusieurs organisations ont le code { $code }
    .hint = nommez l'une d'elles par le début de son identifiant : { $ids }
organisation-no-part = { $code } ne participe pas actuellement au programme
    .hint = proposez d'abord de l'admettre : accord propose admit { $code }
space-of-membership = l'espace programme va avec la participation au programme
    .hint = pour y mettre fin : accord propose remove ORG ; pour qu'une organisation lise seulement : admettez-la comme observateur
private-stays = votre espace privé reste sur les appareils de votre organisation
space-name-taken = il y a déjà un espace « { $name } »
    .hint = on ne pourrait pas les distinguer ; choisissez un autre nom
no-secretariat = { $code } n'est pas un secrétariat, et ne signe pas de décisions
signs-here-already = { $code } signe déjà depuis cet appareil
    .hint = lancez ceci sur l'appareil qui doit signer, ou nommez-le comme le fait accord device list
signer-revoked = l'appareil { $name } a été révoqué, pour de bon
    .hint = voyez lesquels il y a : accord device list
signer-uncertified = cet appareil n'est pas certifié
    .hint = certifiez-le là où est la clé racine : accord device add LIGNE
same-root-key = c'est la clé racine par laquelle votre organisation signe déjà
    .hint = nommez un fichier qui n'existe pas encore : une nouvelle clé y sera créée

and-more = et { $count } de plus
ratify-against =
    { $count ->
        [one] { $name } ne peut pas encore être ratifié : une chose s'y oppose{ $lines }
       *[other] { $name } ne peut pas encore être ratifié : { $count } choses s'y opposent{ $lines }
    }
    .hint = réglez cela, puis réessayez : accord ratify { $document }
rival-differs = Ce qui diffère entre les deux : accord diff { $name } { $one } { $other }
ratify-instead = Pour soumettre { $name } tel qu'il est maintenant : accord ratify { $name }
ratify-document-not-here = Le document n'est pas encore ici : accord sync va le chercher.
ratify-stands-against =
    { $count ->
        [one] Une chose s'y oppose, à régler d'abord :
       *[other] { $count } choses s'y opposent, à régler d'abord :
    }
ratify-state-not-whole = L'état qu'elle fige n'est pas encore entier ici : accord sync va le chercher. Il n'est pas possible de signer ici avant.
ratify-other-content = Ne signez pas : son contenu n'est pas celui que donnent les modifications qu'elle nomme. Qui a soumis { $label } l'a fait par d'autres moyens que ce programme.
ratify-malformed = Ne signez pas : une de ses modifications est mal formée à l'intérieur, et aucun appareil ne peut la montrer.
ratify-omits = Ne signez pas : elle omet des modifications que { $version } contient.
ratify-omits-before = Ne signez pas : elle omet des modifications que la version précédente contient.
ratify-first =
    { $places ->
        [one] C'est la première version : 1 endroit rempli, par { $changes }.
       *[other] C'est la première version : { $places } endroits remplis, par { $changes }.
    }
ratify-changed =
    { $places ->
        [0] Par rapport à { $version }, aucun endroit ne se lit autrement.
        [one] Par rapport à { $version }, 1 endroit modifié :
       *[other] Par rapport à { $version }, { $places } endroits modifiés :
    }
ratify-more = et { $count } de plus : accord diff { $name } { $version } { $number }
sign-fetch-first = ce qui est signé doit être ici : récupérez-le avec accord sync
sign-other-content = refusé : la signature porterait sur un autre contenu que celui des modifications que nomme { $label } du document { $name }
    .hint = refusez-la : accord refuse { $number } --why TEXTE
sign-malformed = refusé : une modification de { $label } du document { $name } est mal formée à l'intérieur, et aucun appareil ne pourrait la montrer
    .hint = refusez-la : accord refuse { $number } --why TEXTE
sign-omits = refusé : { $label } du document { $name } omet des modifications que la version précédente contient
    .hint = refusez-la : accord refuse { $number } --why TEXTE
choices-same = { $numbers } portent sur la même chose : une seule peut entrer en vigueur, et seulement si les deux secrétariats signent celle-là.
choices-signed = { $code } a signé { $number } et ne peut en signer aucune autre.
choices-follow = { $code } peut signer { $number }, comme { $other } : elle est alors en vigueur. Si elle en signe une autre ou refuse, aucune ne l'est, et les deux peuvent signer à nouveau.
choices-any = { $code } peut signer l'une quelconque d'entre elles, ou refuser.
choices-vote-for = { $code } a signé { $number }
choices-vote-refused = { $code } a refusé
dead-replaced = { $how }, ce qui ne compte plus depuis qu'un secrétariat a été remplacé : elle n'est pas en vigueur.
dead-settled = { $how } : c'est donc tranché, elle n'est pas en vigueur.
dead-differ = { $how } : aucune n'est donc en vigueur. Une signature vaut pour toujours.
dead-constitutions = { $how }, sous des constitutions différentes : elle n'est donc pas en vigueur.
dead-again = Elle a été proposée à nouveau : accord decision { $number }
dead-later = Plus tard, { $number } est entrée en vigueur à ce sujet.
or-else = { $first }, ou { $second }
dead-agree-alone = Si vous en convenez après tout, proposez-la à nouveau : { $commands }. Puis les deux la signent.
dead-agree = Convenez de l'une d'elles, et proposez-la à nouveau : { $commands }. Puis les deux la signent.
replaced-by = { $number } est entrée en vigueur à sa place.
admits-anew = Elle a déjà participé : ceci est un nouveau début. Son accès à d'autres espaces ne revient pas de lui-même, et ce qui a été mis en quarantaine y reste.
renames-only = Ses documents, et qui les lit et les écrit, restent tels quels.
gives-read = { $code } reçoit tous les documents de l'espace { $space }.
gives-write = Ses modifications ultérieures y sont acceptées.
gives-until = Cela prend fin si elle ne participe plus.
takes-read = { $code } ne reçoit dès lors plus rien de l'espace { $space }. Elle garde ce qu'elle a : cela ne peut pas être rappelé.
takes-write = { $code } continue de lire l'espace { $space }.
root-new-key = { $code } signe dès lors ses propres affaires avec la nouvelle clé ; l'ancienne ne vaut plus rien.
root-keeps =
    { $count ->
        [one] De ce que l'ancienne clé a signé au sujet d'appareils, { $count } acte continue de compter.
       *[other] De ce que l'ancienne clé a signé au sujet d'appareils, { $count } actes continuent de compter.
    }
names-secretariat = Dès lors toute décision demande la signature de l'organisation { $code }, depuis son appareil { $device }.
moves-signing = { $code } signe dès lors les décisions depuis son appareil { $device }, et depuis aucun autre.
drops-secretariat = { $code } ne participe plus dès lors, et ne signe rien. Ce qu'elle a signé reste.
moves-guard = Les modifications sont aujourd'hui jugées par la règle { $from }. Un nœud dont le programme ne connaît pas la nouvelle règle ne montre aucun document avant d'être mis à jour.
moves-guard-unknown = L'accord de ce nœud ne connaît pas la règle { $to }. Mettez-le à jour avant de signer.
recovers = { $code } est tenue pour perdue définitivement : on décide sans sa signature, par l'autre secrétariat et les organisations que la fondation nomme pour cela.
recovers-undoes = Ces décisions reposent sur une signature ultérieure de sa part et prendraient fin : { $numbers }.
recovers-open-votes =
    { $count ->
        [one] { $count } signature de l'autre secrétariat sur ce qui est encore ouvert ne compterait plus ; il signe à nouveau.
       *[other] { $count } signatures de l'autre secrétariat sur ce qui est encore ouvert ne compteraient plus ; il signe à nouveau.
    }
effect-newer = Mettez accord à jour pour voir ce qu'elle changerait.
kept-nothing = Rien de ce que l'organisation { $code } a écrit n'est connu ici : rien n'en compte.
kept-nothing-in = Rien de ce que l'organisation { $code } a écrit dans { $space } n'est connu ici : rien n'en compte.
kept-until = Ce que l'organisation { $code } a écrit jusqu'à cette proposition reste. Ce qu'elle écrit ensuite est mis en quarantaine, sauf si quelqu'un s'en est servi avant d'apprendre ceci.
kept-until-in = Ce que l'organisation { $code } a écrit dans { $space } jusqu'à cette proposition reste. Ce qu'elle écrit ensuite est mis en quarantaine, sauf si quelqu'un s'en est servi avant d'apprendre ceci.

version-malformed = une de ses modifications est mal formée à l'intérieur, et elle ne peut pas être montrée
version-other-content = son contenu n'est pas ce qui a été signé
version-leaves-out = elle omet des modifications que la version précédente contient
version-damaged = elle est endommagée
no-version-none = il n'y en a pas encore ; soumettez-le avec : accord ratify { $name }
no-version-these = il y a : { $labels }, et draft (le brouillon)

cast-see-signed = accord decision { $number } montre quels secrétariats ont signé
cast-sign-there = signez là-bas, ou faites signer désormais cet appareil : accord propose signer
cast-put-up-again = proposez-la à nouveau : accord propose again { $number }
cast-see-decision = voyez où elle en est : accord decision { $number }
cast-refuse = refusez-la, pour qu'elle soit tranchée : accord refuse { $number } --why TEXTE
cast-see-open = voyez-la avec : accord decisions
give-card = donnez la ligne que l'organisation affiche avec accord card, ou le code d'une organisation qui a déjà participé
writes-already = { $organisation } lit et écrit déjà dans cet espace
    .hint = voyez qui lit et écrit quoi : accord spaces
reads-already = { $organisation } lit déjà dans cet espace
    .hint = voyez qui lit et écrit quoi : accord spaces
secretariat-reads-all = un secrétariat lit tout espace partagé ; cela ne peut pas lui être retiré
see-spaces = voyez qui lit et écrit quoi : accord spaces
certified-by-root = l'appareil doit être certifié par la clé racine actuelle de l'organisation
proposal-unfit = cela ne peut pas être proposé : { $why }
