# What does not hold of what others hand over: cards, tickets, entries, votes, audits.

cast-unknown = il n'y a pas de telle décision
cast-not-a-secretariat = seuls les deux secrétariats signent les décisions
cast-other-device = votre organisation signe depuis un autre appareil
cast-newer = cette décision vient d'une version plus récente d'accord ; mettez accord à jour avant de la signer
cast-already-voted = votre organisation s'est déjà prononcée ; un vote vaut pour toujours
cast-settled = cette décision est déjà tranchée ; plus rien ne peut y être signé
cast-other-constitution = la constitution a changé depuis que l'autre a signé ; refusez cette décision et proposez-la à nouveau
cast-constitution-under-way = votre organisation a signé une nouvelle constitution qui n'est pas encore tranchée ; rien d'autre ne peut être signé d'ici là
cast-signs-last = cette constitution prend la place de votre organisation ; signez-la après l'autre secrétariat, pour pouvoir agir jusque-là
audit-no-file = ce n'est pas un fichier d'audit que cette version d'accord sait lire
audit-too-large = le fichier d'audit est trop grand
audit-changed = le fichier a été modifié ou endommagé après avoir été écrit
audit-malformed = le fichier ne peut pas être lu
audit-other-programme = le fichier concerne un autre programme
audit-misplaced = l'entrée { $seq } d'un journal n'est pas à sa place dans le fichier
audit-gap = l'entrée qui précède l'entrée { $seq } d'un journal manque
audit-unsigned = l'entrée { $seq } d'un journal n'est pas signée
audit-entry = une entrée n'est pas valable
audit-actor = la modification que porte l'entrée { $seq } d'un journal n'est pas de l'appareil qui l'a signée
audit-not-founded = la fondation, avec la signature des deux secrétariats, n'est pas dans le fichier
card-none = ce n'est pas la carte d'une organisation (une carte est une ligne qui commence par `{ $prefix }`)
card-damaged = la carte est abîmée ; redemandez-la et copiez la ligne entière
card-signature = la signature de la carte n'est pas valable ; redemandez la carte et copiez la ligne entière
card-other-organisation = l'appareil de la carte appartient à une autre organisation
device-line-none = ce n'est pas une ligne concernant un appareil (une telle ligne commence par `{ $prefix }`)
device-line-damaged = la ligne est abîmée ; copiez-la à nouveau en entier
device-line-unfit = la ligne n'est pas valable ; copiez-la à nouveau en entier
ticket-none = ce n'est pas un ticket (un ticket est une ligne qui commence par `{ $prefix }`)
ticket-damaged = le ticket est abîmé ; redemandez-le et copiez la ligne entière
apart-no-access = son organisation ne pouvait pas écrire ici au moment de l'écrire
apart-other-branch = elle se réfère à une seconde histoire de son auteur
apart-removed = l'accès de son organisation avait pris fin quand elle a été écrite, ou elle a été retenue jusque-là
apart-revoked = son appareil a été révoqué
apart-surplus = son organisation a certifié plus d'appareils qu'il n'en est pris, et le sien est de ceux-là
apart-fork = l'appareil de son auteur a produit deux histoires, et c'est l'autre qui vaut
apart-irregular = la modification qu'elle porte n'est pas à sa place dans le journal de son auteur
apart-newer = une version plus récente d'accord l'a écrite
apart-guard = la modification est mal formée à l'intérieur
apart-ancestor = elle a été faite sur une modification dont l'auteur ne pouvait pas écrire ici
id-not-hexadecimal = un identifiant se compose des chiffres 0-9 et des lettres a-f
id-length = un identifiant de cette sorte a { $expected } chiffres, et non { $found }
key-unusable = ce n'est pas une clé publique utilisable
signature-mismatch = la signature ne correspond pas
codec-malformed = la forme n'est pas celle attendue ({ $detail })
codec-not-canonical = le codage n'est pas le seul permis
run-length = une suite de { $count } entrées
run-header = l'en-tête en position { $at } de la suite ne peut pas être lu
run-elsewhere = l'entrée { $seq } appartient ailleurs
run-gap = l'entrée { $seq } ne suit pas celle qui la précède
run-misplaced = l'entrée { $seq } n'a pas sa place dans cet espace
run-full = l'entrée { $seq } dépasse les { $limit } qu'un appareil peut écrire au sujet de décisions
run-payload = le contenu de l'entrée { $seq } n'est pas ce que dit son en-tête ({ $why })
run-signature = la signature de l'entrée { $seq } n'est pas valable
record-signature = sa signature n'est pas valable
record-card = une carte qu'elle contient n'est pas valable
record-other-programme = elle concerne un autre programme
record-not-allowed = elle n'est pas signée par qui en a le droit
refusal-invalid = elle n'est pas valable ({ $why })
refusal-forked = elle appartient à une seconde histoire de son auteur ({ $why })
refusal-unknown-author = son auteur n'est pas connu ici
refusal-gap = des entrées manquent avant elle
refusal-not-stored = elle n'a pas pu être conservée ({ $why })
close-no-access = cet appareil ne participe pas au programme, ou n'y participe plus
close-too-many = trop de connexions
close-version = il parle la version { $theirs } du protocole, et ce nœud la version { $ours }
close-other-programme = il appartient à un autre programme
close-malformed = il a envoyé une trame illisible
close-unexpected = il a enfreint le protocole ({ $what })
close-silent = il n'a rien dit à temps
close-by-peer = l'autre côté a fermé ({ $why })

cast-no-effect = cette décision n'aurait aucun effet : { $why }
objection-device-of-another = son appareil appartient à une autre organisation
objection-takes-part = l'organisation participe déjà ; retirez-la d'abord pour l'admettre à un autre titre
objection-secretariat = un secrétariat se remplace par une nouvelle constitution
objection-takes-no-part = l'organisation ne participe pas
objection-no-space = il n'y a pas de tel espace
objection-ended = la participation visée a pris fin
objection-no-access = l'organisation n'a pas accès à l'espace
objection-own-space = cet espace est propre à une organisation
objection-built-in = cet espace existe dans tout programme
objection-only-secretariat = seule la perte d'un secrétariat peut être ainsi réparée
objection-signer-of-another = un appareil signataire qu'elle nomme appartient à une autre organisation
objection-by-membership = cet accès vient avec la participation, et prend fin avec elle
card-name =
    { $what ->
        [code] le code est vide, trop long ou contient des caractères non permis
        [device] le nom de l'appareil est vide, trop long ou contient des caractères non permis
        [programme] le nom du programme est vide, trop long ou contient des caractères non permis
        [space] le nom de l'espace est vide, trop long ou contient des caractères non permis
        [quorum] le quorum de remplacement n'est pas admissible
       *[name] le nom est vide, trop long ou contient des caractères non permis
    }

# Pourquoi les parties d'un acte ne vont pas ensemble.

unfit-cuts = les coupures n'accompagnent que ce qui met fin à un accès
unfit-membership = un accès accordé dit à quelle participation il se rattache, et rien d'autre ne le dit
unfit-card = la carte est celle d'une autre organisation
unfit-admitted-secretariat = un secrétariat est nommé par la constitution, et non admis
unfit-removal = seule une organisation admise peut être retirée
unfit-new-root = la nouvelle clé racine n'a pas signé
unfit-existing-space = un espace qui existe reçoit ses lecteurs et ses rédacteurs par des accès accordés
unfit-write-only = qui écrit dans un espace le lit aussi
unfit-empty-grant = l'accès accordé ne donne rien
unfit-writes-unread = qui ne lit plus un espace n'y écrit plus
unfit-empty-withdrawal = le retrait n'enlève rien
unfit-empty-version = la version n'a pas de contenu
unfit-recovery-rounds = ces tours sont réservés au remplacement d'un secrétariat perdu
unfit-ordinary-rounds = le remplacement d'un secrétariat perdu a ses propres tours
unfit-lost-again = un secrétariat perdu n'est pas nommé à nouveau
unfit-subject = l'opération ne porte pas sur un tel sujet
unfit-two-seats = une constitution nomme deux secrétariats
unfit-seats = les secrétariats ne sont pas dans l'ordre, ou sont le même
unfit-shared-key = deux secrétariats ne partagent pas une clé
unfit-begin = les versions et les tours commencent à 1
unfit-parent = une première version ne suit aucune autre, et chaque version ultérieure en suit une
unfit-cut-order = les coupures ne sont pas dans l'ordre, visent deux fois un même journal, ou sont trop nombreuses
unfit-cited = les votes cités ne sont pas dans l'ordre, sont nommés deux fois, ou sont trop nombreux
unfit-refusal = le refus n'a pas de raison, ou en a une trop longue
unfit-revocation-reason = la révocation a une raison trop longue
unfit-revocation-cuts = une révocation ne coupe que les journaux de son propre appareil
unfit-kept = les actes qui continuent de compter ne sont pas dans l'ordre, sont nommés deux fois, ou sont trop nombreux
unfit-readers = les lecteurs ne sont pas dans l'ordre, sont nommés deux fois, ou sont trop nombreux
unfit-writers = les rédacteurs ne sont pas dans l'ordre, sont nommés deux fois, ou sont trop nombreux
unfit-heads = les dernières modifications ne sont pas dans l'ordre, sont nommées deux fois, ou sont trop nombreuses
unfit-open-votes = les votes ouverts ne sont pas dans l'ordre, sont nommés deux fois, ou sont trop nombreux
unfit-acknowledgement = une déclaration de ce qui est connu n'est pas dans l'ordre, ou dépasse sa limite
