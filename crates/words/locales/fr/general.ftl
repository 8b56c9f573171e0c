# What every command says. Ids are stable; arguments stand in braces. Commands stay as they are typed.

error = erreur :
hint = conseil :
warning = avertissement :
next = Ensuite :
list-and = { $first } et { $last }
list-or = { $first } ou { $last }
yes = oui
no = non
just-now = à l'instant
span-seconds = { $count } s
span-minutes = { $count } min
span-hours = { $count } h
span-days =
    { $count ->
        [one] { $count } jour
       *[other] { $count } jours
    }
time-ago = il y a { $span }
time-until = dans { $span }
counted-entries =
    { $count ->
        [one] { $count } entrée
       *[other] { $count } entrées
    }
counted-documents =
    { $count ->
        [one] { $count } document
       *[other] { $count } documents
    }
counted-changes =
    { $count ->
        [one] { $count } modification
       *[other] { $count } modifications
    }
counted-fields =
    { $count ->
        [one] { $count } champ
       *[other] { $count } champs
    }
progress = { $text } (envoyé : { $sent }, reçu : { $received })
no-home = aucun dossier n'est indiqué
    .hint = nommez un dossier avec --home ou ACCORD_HOME
cannot-write-output = la sortie ne peut pas être écrite : { $why }
no-resources = le système ne donne pas de ressources : { $why }
other-answer = le nœud répond autre chose que ce qui était demandé
    .hint = nœud et commande sont de versions différentes : redémarrez le nœud avec la plus récente
homes-kept = { $why }
    .hint = les dossiers sont gardés ; regardez-y
demo-interrupted = la démonstration a été interrompue
    .hint = ses nœuds sont arrêtés et, sans --keep, ses dossiers supprimés
demo-no-folder = impossible de créer un dossier pour les organisations : { $why }
    .hint = nommez dans TMPDIR un dossier où il y a de la place
nothing-answered = aucune réponse : rien n'a été fait
    .hint = relancez la commande quand vous serez prêt à répondre
nobody-to-confirm = une personne doit le confirmer, et il n'y a pas de terminal pour demander
    .hint = lancez la commande dans un terminal, ou dites { $option }
file-too-large = { $file } dépasse { $limit } Mio
    .hint = découpez-le
file-unreadable = { $file } ne peut pas être lu : { $why }
    .hint = nommez un fichier texte en UTF-8, ou - pour l'entrée standard
file-unwritable = { $file } ne peut pas être écrit : { $why }
    .hint = nommez un dossier qui existe et où vous pouvez écrire
passphrase-of = Phrase secrète du fichier { $file } : 
passphrase-sealed = le fichier de clé { $file } est scellé par une phrase secrète
passphrase-new = Nouvelle phrase secrète : 
passphrase-again = La même encore une fois : 
passphrase-needed = il faut une phrase secrète
passphrases-differ = les deux phrases diffèrent ; rien n'a été changé
passphrase-short = une phrase secrète a au moins { $length } caractères
    .hint = plusieurs mots sans rapport entre eux sont solides et faciles à retenir
nobody-for-passphrase = { $why }, et il n'y a pas de terminal pour demander
    .hint = lancez la commande dans un terminal, ou nommez dans { $variable } un fichier qui contient la phrase
file-open-to-others = d'autres que son propriétaire ont accès à { $file }
    .hint = lancez : chmod 600 { $file }
passphrase-too-long = { $file } est trop long pour une phrase secrète
cannot-read = { $file } ne peut pas être lu : { $why }
editor-not-started = l'éditeur { $editor } ne démarre pas : { $why }
    .hint = donnez à ACCORD_EDITOR la commande d'un éditeur qui attend que le fichier soit fermé
editor-not-found = l'éditeur { $editor } ne démarre pas
    .hint = donnez à ACCORD_EDITOR la commande d'un éditeur qui attend que le fichier soit fermé
editor-failed = modification abandonnée : l'éditeur { $editor } s'est terminé par une erreur
    .hint = rien n'a été changé
draft-gone = l'éditeur a supprimé le fichier qu'il avait reçu
    .hint = rien n'a été changé
draft-too-long = le texte modifié est trop long
draft-kept = votre texte est gardé dans { $file }
draft-lost = votre texte n'a pas pu être gardé : { $why }
draft-not-made = impossible de créer un fichier à modifier : { $why }
    .hint = vérifiez que le dossier des fichiers temporaires a de la place
draft-not-opened = impossible d'ouvrir le fichier à modifier : { $why }
    .hint = vérifiez que le dossier des fichiers temporaires a de la place
draft-not-written = impossible d'écrire le fichier à modifier : { $why }
    .hint = vérifiez que le dossier des fichiers temporaires a de la place
draft-not-read = impossible de lire le fichier modifié : { $why }
    .hint = vérifiez que le dossier des fichiers temporaires a de la place

conflict-more =
    { $count ->
        [one] et { $count } de plus, qui n'est pas montré
       *[other] et { $count } de plus, qui ne sont pas montrés
    }
log-since =
    { $count ->
        [one] { $count } modification depuis { $version }, la dernière version que les deux secrétariats ont signée.
       *[other] { $count } modifications depuis { $version }, la dernière version que les deux secrétariats ont signée.
    }
manual-written = Les pages du manuel sont écrites dans { $folder }.

misuse-missing = ces arguments manquent : { $arguments }
misuse-no-value = { $argument } demande une valeur
misuse-value = « { $value } » n'est pas une valeur de { $argument }
    .hint = il y a : { $known }
misuse-validation = « { $value } » n'est pas une valeur de { $argument } : { $why }
misuse-unknown = il n'y a pas d'option « { $argument } » ici
misuse-command = il n'y a pas de commande « { $command } »
misuse-no-command = il manque une commande
misuse-conflict = { $argument } et { $others } ne vont pas ensemble
misuse-number = { $argument } prend un autre nombre de valeurs
misuse-other = { $what }
misuse-near = vouliez-vous dire { $near } ?
misuse-usage = usage : { $usage }
address-form = écrivez-la comme /ip4/127.0.0.1/tcp/4701
duration-form = écrivez un nombre suivi de m, h, d ou w, comme 12h ou 7d
duration-none = un ticket doit être valable quelque temps
duration-long = un ticket est valable un an au plus
